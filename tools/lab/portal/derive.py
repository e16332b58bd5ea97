"""Everything the portal computes rather than stores: keys, passwords, ids and addresses.

Public keys enter as the base64 text sent at login, ids as lower-case hyphenated UUIDs, because
the formulas hash those spellings.
"""

import base64
import hashlib
import ipaddress
import uuid

TUNNEL_IPV4 = ipaddress.ip_network("100.64.0.0/11")
TUNNEL_IPV6 = ipaddress.ip_network("fd00:2021:1111::/107")

_NAMESPACE = uuid.UUID("0d5a5b1e-6f0c-4e0b-9d3c-5f5d3a0c7f11")


def ice_credentials(client_id, client_key, gateway_id, gateway_key):
    """The pair (client's, gateway's); equal for the same two devices until one has a new key."""
    digest = hashlib.sha256(f"{client_id}:{client_key}:{gateway_id}:{gateway_key}".encode())
    text = base64.b32encode(digest.digest()).decode().rstrip("=").lower()
    return (
        {"username": text[0:4], "password": text[4:26]},
        {"username": text[26:30], "password": text[30:52]},
    )


def preshared_key(client_id, client_key, client_base, gateway_id, gateway_key, gateway_base):
    """WireGuard's third secret, base64."""
    salt = f"WG_PSK|C_ID:{client_id}|G_ID:{gateway_id}|C_PK:{client_key}|G_PK:{gateway_key}"
    key = hashlib.pbkdf2_hmac("sha256", client_base + gateway_base, salt.encode(), 1, 32)
    return base64.b64encode(key).decode()


def turn_login(requester_key, stamp_secret, expires_at):
    """Username and password that a relay can check from its stamp secret alone."""
    salt = _sha256_base64_nopad(requester_key)
    password = _sha256_base64_nopad(f"{expires_at}:{stamp_secret}:{salt}")
    return f"{expires_at}:{salt}", password


def stable_id(*identity):
    """A UUID that depends on who somebody is only, so that a restarted portal knows them again."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(identity)))


def psk_base(row_id):
    """32 secret bytes of one device: secret enough for a lab, stable without a database."""
    return hashlib.sha256(f"psk_base/{row_id}".encode()).digest()


def tunnel_addresses(row_id, taken):
    """A free (IPv4, IPv6) of the tunnel ranges; `taken` holds the IPv4 texts already given out."""
    size = TUNNEL_IPV4.num_addresses
    offset = int.from_bytes(hashlib.sha256(row_id.encode()).digest()[:4], "big") % size
    while offset in (0, size - 1) or str(TUNNEL_IPV4[offset]) in taken:
        offset = (offset + 1) % size
    return str(TUNNEL_IPV4[offset]), str(TUNNEL_IPV6[offset])


def _sha256_base64_nopad(text):
    digest = hashlib.sha256(text.encode()).digest()
    return base64.b64encode(digest).decode().rstrip("=")
