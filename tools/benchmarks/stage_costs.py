"""What a load cost, and what of that is the bare price of its parts: the ratios by their names."""

from .figures import ratio

# The inner packets of TCP loads, and what the bare AEAD is measured with.
BULK_BYTES = 1280

UNITS = {"gbit_per_s": "Gbit/s", "packets_per_s": "packets/s", "cpu_s_per_gb": "s/GB",
         "cpu_share": "1", "reordered": "packets", "lost": "packets"}
AEAD_UNITS = {"fraction_of_aead": "1", "aead_cpu_share": "1"}


def costs(answer):
    """{metric: value} as in UNITS, of a load as LoadedGateway.carry tells it."""
    return {"gbit_per_s": answer["gbit_per_s"], "packets_per_s": answer["pps"],
            "cpu_s_per_gb": ratio(answer["cpu_s"], answer["bytes"] / 1e9),
            "cpu_share": answer["cpu_s"] / answer["seconds"],
            "reordered": answer["reordered"], "lost": answer["lost"]}


def against_aead(answer, aead_ns):
    """As in AEAD_UNITS; `aead_ns` is the bare price of one packet of BULK_BYTES.

    `fraction_of_aead`: inner throughput, against one core that does nothing but the AEAD.
    `aead_cpu_share`: of the gateway's processor time, what the AEAD of its packets must take.
    """
    bare_gbit_per_s = BULK_BYTES * 8 / aead_ns
    return {"fraction_of_aead": answer["gbit_per_s"] / bare_gbit_per_s,
            "aead_cpu_share": ratio(answer["packets"] * aead_ns / 1e9, answer["cpu_s"])}


def fastest_ns(prices, operation, size=BULK_BYTES):
    """The bare price by the best provider; `prices` as load_generator.aead gives them."""
    return min(price for (_, each, bytes_), price in prices.items()
               if (each, bytes_) == (operation, size))
