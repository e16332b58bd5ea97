"""What a load cost, and what of that is the bare price of its parts: the ratios by their names."""

from .figures import ratio

# The inner packets of TCP loads, and what the bare AEAD is measured with.
BULK_BYTES = 1280
# The measure of stages: the well-known libraries, whatever faster one a gateway may have found.
YARDSTICKS = ("sodium", "openssl")

UNITS = {"gbit_per_s": "Gbit/s", "packets_per_s": "packets/s", "cpu_s_per_gb": "s/GB",
         "cpu_share": "1", "reordered": "packets", "lost": "packets"}
AEAD_UNITS = {"fraction_of_aead": "1", "fraction_of_own_aead": "1", "aead_cpu_share": "1"}


def costs(answer):
    """{metric: value} as in UNITS, of a load as LoadedGateway.carry tells it."""
    return {"gbit_per_s": answer["gbit_per_s"], "packets_per_s": answer["pps"],
            "cpu_s_per_gb": ratio(answer["cpu_s"], answer["bytes"] / 1e9),
            "cpu_share": answer["cpu_s"] / answer["seconds"],
            "reordered": answer["reordered"], "lost": answer["lost"]}


def against_aead(answer, prices, operation):
    """As in AEAD_UNITS; `prices` as load_generator.aead gives them.

    `fraction_of_aead`: inner throughput, against one core that does nothing but the AEAD, by the
    better one of YARDSTICKS. `fraction_of_own_aead`: the same by the best provider of all, which is
    what the gateway uses. `aead_cpu_share`: of the gateway's processor time, what the AEAD of its
    packets must take.
    """
    own_ns = fastest_ns(prices, operation)
    return {"fraction_of_aead": _fraction(answer, fastest_ns(prices, operation, YARDSTICKS)),
            "fraction_of_own_aead": _fraction(answer, own_ns),
            "aead_cpu_share": ratio(answer["packets"] * own_ns / 1e9, answer["cpu_s"])}


def _fraction(answer, aead_ns):
    return answer["gbit_per_s"] / (BULK_BYTES * 8 / aead_ns)


def fastest_ns(prices, operation, providers=None):
    """The bare price of a bulk packet by the best of these providers; by default of all."""
    return min(price for (provider, each, size), price in prices.items()
               if (each, size) == (operation, BULK_BYTES)
               and (providers is None or provider in providers))
