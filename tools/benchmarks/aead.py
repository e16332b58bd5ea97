"""The bare price of the AEAD: nanoseconds per packet, for each provider and size."""

from . import load_generator

NAME = "aead"
TITLE = "ChaCha20-Poly1305 alone, one packet"

PROVIDERS = ("sodium", "openssl")
SIZES = (64, 128, 512, 1280, 1420)


def cases(_options):
    return {f"{provider}/{size}": {"seal_ns": "ns", "open_ns": "ns"}
            for provider in PROVIDERS for size in SIZES}


def measure(run):
    for _ in run.rounds():
        providers = load_generator.aead()["providers"]
        for case in run.wanted():
            provider, size = case.split("/")
            run.add(case, providers[provider][size])
