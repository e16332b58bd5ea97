#!/usr/bin/python3
"""A client that shares no code with this project, glued together from other people's programs.

    kernel -- wg0 -- wireguard-go -- 127.0.0.1 -- ferry -- aioice -- eth0 -- gateway
                                       (UDP)                (ICE)
    portal.py: a WebSocket to the portal, in the client's role

It reads the same environment as any client, asks for every CIDR resource it is offered, routes
these networks into the tunnel, says "tunnel is up", and carries packets until it is asked to end.
"""

import asyncio
import logging
import os
import signal

import path
import portal
import wireguard

_SETUP_LIMIT_S = 25


async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    private_key, public_key = wireguard.generate_keys()
    async with portal.log_in(
            os.environ["FIREZONE_API_URL"], token=os.environ["FIREZONE_TOKEN"],
            external_id=os.environ["FIREZONE_ID"], name=os.environ["FIREZONE_NAME"],
            public_key=public_key) as channel, asyncio.TaskGroup() as tasks:
        async with asyncio.timeout(_SETUP_LIMIT_S):
            tasks.create_task(channel.listen())
            await set_up(channel, private_key, tasks)
        print("tunnel is up", flush=True)


async def set_up(channel, private_key, tasks):
    init = await channel.join()
    networks = {resource["id"]: resource["address"]
                for resource in init["resources"] if resource["type"] == "cidr"}
    flow = await channel.create_flow(next(iter(networks)))
    connection = await path.connect(channel, flow, stun_server(init["relays"]), tasks)
    tunnel = await wireguard.Tunnel.open(tasks)
    ferry = path.Ferry(connection, tunnel.listens_on, tasks)
    tunnel.configure(private_key, flow, endpoint=ferry.address, networks=networks.values())
    tunnel.plug_in(init["interface"], networks.values())
    # The other resources are behind the same gateway: it must keep the connection it has.
    for resource_id in list(networks)[1:]:
        other = await channel.create_flow(resource_id, connected_to=flow["gateway_id"])
        for unchanged in ("gateway_id", "preshared_key", "client_ice_credentials"):
            assert other[unchanged] == flow[unchanged], f"another {unchanged} for {resource_id}"


def stun_server(relays):
    """aioice asks one server, by IPv4."""
    for relay in relays:
        host, _, port = relay["addr"].rpartition(":")
        if not host.startswith("["):
            return host, int(port)
    raise LookupError(f"no relay with an IPv4 address in {relays}")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    try:
        asyncio.run(main())
    except asyncio.CancelledError:
        pass  # asked to end
