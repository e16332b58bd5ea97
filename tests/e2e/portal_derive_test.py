#!/usr/bin/python3
"""The portal's formulas against a worked example: two ends of a lab could be wrong alike."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from lab.portal import derive, flows  # noqa: E402

CLIENT = "7c1f0b52-3d0e-4b6e-9a35-1f2f0a6d9e01"
CLIENT_KEY = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
GATEWAY = "51c6a9e4-8f0d-4a57-b1de-6a0e3c2b7d02"
GATEWAY_KEY = "3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f4="
STAMP_SECRET = "00112233445566778899aabbccddeeff" * 2
EXPIRES_AT = 1900000000


class Derivations(unittest.TestCase):
    def test_ice_credentials_are_slices_of_one_hash(self):
        client, gateway = derive.ice_credentials(CLIENT, CLIENT_KEY, GATEWAY, GATEWAY_KEY)
        self.assertEqual(client, {"username": "umeh", "password": "2ubttwe7aztqsxb22gsioc"})
        self.assertEqual(gateway, {"username": "ae2f", "password": "rlnacr4feuwuxg6qrv5qfq"})

    def test_preshared_key_mixes_both_devices(self):
        key = derive.preshared_key(CLIENT, CLIENT_KEY, b"\xaa" * 32,
                                   GATEWAY, GATEWAY_KEY, b"\xbb" * 32)
        self.assertEqual(key, "6T60/AzWCkXRYsb6R9Xm0xHpt5MTpDrcK6ANBoq7nts=")

    def test_turn_login_of_a_gateway(self):
        self.assertEqual(
            derive.turn_login(GATEWAY_KEY, STAMP_SECRET, EXPIRES_AT),
            ("1900000000:LtCLaVo/V61pJvFDG08Ba5WVGFe5cl3fwdXBOUvEfok",
             "pviJ/mn+skwqfH+UW0SjXZSxUOOFTz12JA8dPzakdnE"))

    def test_turn_login_of_a_client(self):
        self.assertEqual(
            derive.turn_login(CLIENT_KEY, STAMP_SECRET, EXPIRES_AT),
            ("1900000000:sBGY+A11I1BRB1Oa69VbCNGSO/2R9ySDpkTP30DFEUI",
             "NOP40y+ZkniDWVpb62zTMgZfU1oL2uWzTzhMcmbLgck"))

    def test_tunnel_addresses_avoid_those_taken(self):
        first, _ = derive.tunnel_addresses("row", set())
        second, _ = derive.tunnel_addresses("row", {first})
        self.assertNotEqual(first, second)


class Versions(unittest.TestCase):
    def test_one_minor_below_to_one_above(self):
        served = [gateway for gateway in ("1.3.9", "1.4.0", "1.5.7", "1.6.99", "1.7.0", "2.5.0")
                  if flows.versions_match("1.5.4", gateway)]
        self.assertEqual(served, ["1.4.0", "1.5.7", "1.6.99"])

    def test_what_is_no_version_never_matches(self):
        self.assertFalse(flows.versions_match("1.5.4", "1.5"))


if __name__ == "__main__":
    unittest.main()
