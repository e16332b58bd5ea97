"""The bare price of the AEAD: nanoseconds per packet, for each provider and size."""

from . import load_generator

NAME = "aead"
TITLE = "ChaCha20-Poly1305 alone, one packet"

PROVIDERS = ("sodium", "openssl", "ipsec-mb")
SIZES = (64, 128, 512, 1280, 1420)
OPERATIONS = ("seal", "open")


def cases(_options):
    return {f"{provider}/{size}": {f"{operation}_ns": "ns" for operation in OPERATIONS}
            for provider in PROVIDERS for size in SIZES}


def measure(run):
    for _ in run.rounds():
        prices = load_generator.aead(run.options.patience)
        for case in run.wanted():
            with run.attempt(case):
                provider, size = case.split("/")
                run.add(case, {f"{operation}_ns": prices[provider, operation, int(size)]
                               for operation in OPERATIONS})
