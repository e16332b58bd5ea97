"""The HTTP request that opens a device's WebSocket: what it must carry, and who it is then."""

import base64
import binascii
import dataclasses
import ipaddress
import random
import string
import urllib.parse

ROLES = ("gateway", "client", "relay")

_NAME_LIMIT = 255


class Refused(Exception):
    """The login is answered with this HTTP status and plain text."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status
        self.text = text


@dataclasses.dataclass
class Login:
    """The parameters of one upgrade request, checked for form only."""

    role: str
    token: str
    version: str
    name: str
    external_id: str = ""
    public_key: str = ""
    ipv4: str = ""
    ipv6: str = ""
    port: int = 3478


def role_of(target):
    """gateway, client or relay; None when the target is none of their paths."""
    path = urllib.parse.urlsplit(target).path
    return next((role for role in ROLES if path.endswith(f"/{role}/websocket")), None)


def parse(role, target, headers):
    """Reads a request target and its headers; raises Refused as the portal would answer."""
    query = dict(urllib.parse.parse_qsl(
        urllib.parse.urlsplit(target).query, keep_blank_values=True))
    token = query.get("token") or _bearer(headers.get("X-Authorization", ""))
    if not token:
        raise Refused(401, "Missing token")
    login = Login(role=role, token=token, version=_version(headers.get("User-Agent", "")),
                  name=query.get("name", "").strip() or _random_name())
    if len(login.name) > _NAME_LIMIT:
        _invalid("name")
    if role == "relay":
        login.ipv4 = _address(query, "ipv4", ipaddress.IPv4Address)
        login.ipv6 = _address(query, "ipv6", ipaddress.IPv6Address)
        if not (login.ipv4 or login.ipv6):
            _invalid("ipv4, ipv6")
        login.port = _port(query.get("port", "3478"))
    else:
        login.external_id = query.get("external_id") or _invalid("external_id")
        login.public_key = _key(query.get("public_key", ""))
    return login


def _version(user_agent):
    for word in user_agent.split(" "):
        program, _, version = word.partition("/")
        if program in ("connlib", "relay"):
            return version
    return _invalid("user agent")


def _bearer(header):
    scheme, _, token = header.partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _key(text):
    try:
        valid = len(text) == 44 and len(base64.b64decode(text, validate=True)) == 32
    except binascii.Error:
        valid = False
    return text if valid else _invalid("public_key")


def _address(query, name, kind):
    try:
        return str(kind(query[name])) if name in query else ""
    except ValueError:
        return _invalid(name)


def _port(text):
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 65536 \
        else _invalid("port")


def _random_name():
    return "".join(random.choices(string.ascii_lowercase, k=5))


def _invalid(what):
    raise Refused(422, f"Invalid or missing connection parameters: {what}")
