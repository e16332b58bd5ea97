#!/usr/bin/env python3
"""Prints noise_ikpsk2.txt: one WireGuard handshake with fixed keys, computed without our code.

Everything is written out from the papers with Python's hashlib alone: X25519 (RFC 7748),
ChaCha20-Poly1305 (RFC 8439), XChaCha20 (draft-irtf-cfrg-xchacha), the handshake (WireGuard 5.4).
"""
import hashlib
import hmac
import struct

P = 2**255 - 19


def x25519(scalar, point):
    k = bytearray(scalar)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    k, u = int.from_bytes(k, "little"), int.from_bytes(point, "little") % 2**255
    x2, z2, x3, z3, swapped = 1, 0, u, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swapped ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swapped = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swapped:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def rounds(state):
    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xFFFFFFFF
            s[z] ^= s[x]
            s[z] = (s[z] << turn | s[z] >> 32 - turn) & 0xFFFFFFFF
    s = list(state)
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(a, b, c, d)
    return s


def initial(key, tail):
    return struct.unpack("<16I", b"expand 32-byte k" + key + tail)


def stream(key, nonce, size, block=0):
    out = b""
    while len(out) < size:
        state = initial(key, struct.pack("<I", block) + nonce)
        out += struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(state, rounds(state))))
        block += 1
    return out[:size]


def aead(key, nonce, text, associated):
    sealed = bytes(a ^ b for a, b in zip(text, stream(key, nonce, len(text), 1)))
    one_time = stream(key, nonce, 32)
    r = int.from_bytes(one_time[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    pad = lambda data: data + bytes(-len(data) % 16)
    data = pad(associated) + pad(sealed) + struct.pack("<QQ", len(associated), len(sealed))
    total = 0
    for i in range(0, len(data), 16):
        total = (total + int.from_bytes(data[i:i + 16] + b"\1", "little")) * r % (2**130 - 5)
    tag = (total + int.from_bytes(one_time[16:], "little")) % 2**128
    return sealed + tag.to_bytes(16, "little")


def xaead(key, nonce, text, associated):
    state = rounds(initial(key, nonce[:16]))
    return aead(struct.pack("<8I", *state[:4], *state[12:]), bytes(4) + nonce[16:], text, associated)


def blake(*parts):
    return hashlib.blake2s(b"".join(parts)).digest()


def mac(key, *parts):
    return hashlib.blake2s(b"".join(parts), key=key, digest_size=16).digest()


def kdf(count, key, data):
    root, out = hmac.digest(key, data, "blake2s"), [b""]
    for i in range(count):
        out.append(hmac.digest(root, out[-1] + bytes([i + 1]), "blake2s"))
    return out[1:]


def fixed(label):
    return hashlib.sha256(label.encode()).digest()


def main():
    base = (9).to_bytes(32, "little")
    si, sr, ei, er = (fixed(name) for name in ("initiator", "responder", "e initiator", "e responder"))
    si_pub, sr_pub, ei_pub, er_pub = (x25519(key, base) for key in (si, sr, ei, er))
    psk, sender, answerer = fixed("psk"), 0x01020301, 0xA0B0C001
    timestamp = struct.pack(">QI", 2**62 + 10 + 1_700_000_000, 123_456_789)

    ck = blake(b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s")
    h = blake(blake(ck, b"WireGuard v1 zx2c4 Jason@zx2c4.com"), sr_pub)

    (ck,), h = kdf(1, ck, ei_pub), blake(h, ei_pub)
    ck, k = kdf(2, ck, x25519(ei, sr_pub))
    sealed_static = aead(k, bytes(12), si_pub, h)
    h = blake(h, sealed_static)
    ck, k = kdf(2, ck, x25519(si, sr_pub))
    sealed_time = aead(k, bytes(12), timestamp, h)
    h = blake(h, sealed_time)
    initiation = struct.pack("<II", 1, sender) + ei_pub + sealed_static + sealed_time
    mac1 = mac(blake(b"mac1----", sr_pub), initiation)

    cookie, nonce = fixed("cookie")[:16], fixed("nonce")[:24]
    cookie_reply = struct.pack("<II", 3, sender) + nonce + xaead(
        blake(b"cookie--", sr_pub), nonce, cookie, mac1)
    mac2 = mac(cookie, initiation, mac1)

    (ck,), h = kdf(1, ck, er_pub), blake(h, er_pub)
    (ck,) = kdf(1, ck, x25519(er, ei_pub))
    (ck,) = kdf(1, ck, x25519(er, si_pub))
    ck, tau, k = kdf(3, ck, psk)
    h = blake(h, tau)
    response = struct.pack("<III", 2, answerer, sender) + er_pub + aead(k, bytes(12), b"", h)
    response += mac(blake(b"mac1----", si_pub), response) + bytes(16)
    initiator_sends, responder_sends = kdf(2, ck, b"")

    print("# A WireGuard handshake with fixed keys, printed by noise_ikpsk2.py.")
    for name, value in (
            ("initiator_private", si), ("responder_private", sr),
            ("initiator_ephemeral", ei), ("responder_ephemeral", er), ("preshared_key", psk),
            ("timestamp", timestamp), ("initiation", initiation + mac1 + bytes(16)),
            ("response", response), ("initiator_sends", initiator_sends),
            ("responder_sends", responder_sends), ("cookie_reply", cookie_reply),
            ("initiation_with_cookie", initiation + mac1 + mac2)):
        print(name, value.hex())


main()
