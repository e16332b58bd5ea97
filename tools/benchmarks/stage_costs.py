"""What a load cost, and what of that is the bare price of its parts: the ratios by their names."""

from .figures import ratio

# A tunnel packet of 1280 bytes is what the bare AEAD is measured with.
BULK_BYTES = 1280
SMALL_BYTES = 84

UNITS = {"gbit_per_s": "Gbit/s", "packets_per_s": "packets/s", "cpu_s_per_gb": "s/GB",
         "cpu_share": "1"}
AEAD_UNITS = {"fraction_of_aead": "1", "aead_cpu_share": "1"}


def costs(answer):
    """{metric: value} as in UNITS, of a load as LoadedGateway.carry tells it."""
    return {"gbit_per_s": answer["received_bytes"] * 8 / answer["seconds"] / 1e9,
            "packets_per_s": answer["received"] / answer["seconds"],
            "cpu_s_per_gb": ratio(answer["cpu_s"], answer["received_bytes"] / 1e9),
            "cpu_share": answer["cpu_s"] / answer["wall_s"]}


def against_aead(answer, aead_ns):
    """As in AEAD_UNITS; `aead_ns` is the bare price of one packet of BULK_BYTES.

    `fraction_of_aead`: inner throughput, against one core that does nothing but the AEAD.
    `aead_cpu_share`: of the gateway's processor time, what the AEAD of its packets must take.
    """
    bare_gbit_per_s = BULK_BYTES * 8 / aead_ns
    return {"fraction_of_aead": costs(answer)["gbit_per_s"] / bare_gbit_per_s,
            "aead_cpu_share": ratio(answer["received"] * aead_ns / 1e9, answer["cpu_s"])}


def fastest_ns(aead, operation, size=BULK_BYTES):
    """The bare price by the best provider; `operation` is "open_ns" or "seal_ns"."""
    return min(sizes[str(size)][operation] for sizes in aead["providers"].values())
