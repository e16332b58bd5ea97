"""What must hold for every mixture of gateways and clients, on direct and on relayed paths.

Each scenario is a function of a running lab that returns a remark or raises, and that leaves the
lab as it found it: client connected, access granted. PATHS at the end says what runs where. Every
path has a lab of its own.
"""

import json
import os
import re
import signal
import time

from lab import cast, proofs, topology, world
from lab.lab import FILE_BYTES, Lab
from lab.proofs import Unproven
from lab.report import Report

OPEN4, OPEN6 = topology.OPEN.host()
GUARDED4, GUARDED6 = topology.GUARDED.host()
RESOURCES = {"open4": OPEN4, "open6": OPEN6, "guarded4": GUARDED4, "guarded6": GUARDED6}

# Who vanishes without goodbye is noticed by ICE timeouts, which take their time.
_LOST_PEER_LIMIT_S = 45


def main(chosen):
    """Runs every scenario on every path; returns an exit status.

    FZ_KEEP_LOGS may name a folder that receives the logs of every program.
    """
    if chosen.missing():
        print(f"not built: {', '.join(chosen.missing())}")
        return 1
    keep_logs = os.environ.get("FZ_KEEP_LOGS")
    held = [_run_path(chosen, path, keep_logs) for path in PATHS]
    return 0 if all(held) else 1


def _run_path(chosen, path, keep_logs):
    blocked, scenarios = PATHS[path]
    if chosen.client_takes_extra_routes():
        scenarios += (refuses_what_no_policy_mentions,)
    if chosen.gateway_answers_operators():
        scenarios += (tells_root_who_is_connected,)
    with Lab(chosen, keep_logs=keep_logs and f"{keep_logs}/{path}") as lab:
        report = Report(lab)
        lab.paths.block_direct(blocked)
        report.essential_row(path, "gateway logs in", proofs.gateway_logs_in, lab)
        report.essential_row(path, "client logs in", proofs.client_logs_in, lab)
        report.essential_row(path, "first packet", proofs.reaches, lab, OPEN4)
        for scenario in scenarios:
            report.row(path, scenario.__name__.replace("_", " "), scenario, lab, path)
        if chosen.datapath.startswith("xdp"):
            report.row(path, "data came through the rings", _came_through_rings, lab, path)
        return report.conclude()


def _came_through_rings(lab, path):
    """Ends the gateway, which then says what it has steered."""
    lab.stop_gateway()
    totals = re.findall(r"steering totals .*?frames=\"(.*?)\"",
                        lab.program("gateway").output())
    if not totals:
        raise Unproven("no ring was open at the end")
    frames = {name: int(count) for name, count in
              (each.split("=") for each in totals[-1].split())}
    steered = frames["steered_channel_data" if path == "relayed" else "steered_data"]
    if steered == 0:
        raise Unproven(f"none was steered: {frames}")
    if frames["passed_no_socket"] > 0:
        raise Unproven(f"{frames['passed_no_socket']} frames found no ring")
    return f"{steered} frames"


def carries_both_families(lab, path):
    remark = proofs.reaches(lab, OPEN4)
    proofs.reaches(lab, OPEN6)
    proofs.ping(lab, OPEN4)
    proofs.ping(lab, OPEN6)
    proofs.download(lab, OPEN4)
    proofs.download(lab, OPEN6)
    return remark


def takes_its_path(lab, path):
    if path == "relayed":
        return proofs.takes_relayed_path(lab)
    return proofs.takes_direct_path(lab)


def filters_ports(lab, path):
    for address in (GUARDED4, GUARDED6):
        proofs.refuses_port(lab, address)
        proofs.download(lab, address)
    return "ping and web pass, another port is refused"


def refuses_what_no_policy_mentions(lab, path):
    """The packet reaches the gateway because our own client sends it there uninvited."""
    return [proofs.refused(lab, address) for address in topology.FORBIDDEN.host()][-1]


def takes_new_filters(lab, path):
    """A changed resource changes what passes at once, for better and for worse."""
    discard = {"protocol": "udp", "port_range_start": proofs.DISCARD_PORT,
               "port_range_end": proofs.DISCARD_PORT}
    for name in ("guarded4", "guarded6"):
        lab.portal.set_filters(resource=name, filters=[discard])
        _eventually(lambda: proofs.arrives(lab, RESOURCES[name]))
        if proofs.pings(lab, RESOURCES[name]):
            raise Unproven(f"{name} answers pings, which its new filters do not list")
        lab.portal.set_filters(resource=name, filters=world.GUARDED_FILTERS)
        _eventually(lambda: proofs.refused(lab, RESOURCES[name]))
        proofs.reaches(lab, RESOURCES[name])
    return "a port opened and closed, ping closed and opened"


def ends_access_at_expiry(lab, path):
    proofs.reaches(lab, OPEN4)
    lab.portal.set_expiry(resource="open4", expires_in_s=3)
    proofs.ping(lab, OPEN4)
    remark = _eventually(lambda: proofs.refused(lab, OPEN4))
    proofs.ping(lab, OPEN6)
    _grant_again(lab, "open4")
    return remark


def extends_access(lab, path):
    """An expiry that is moved away in time ends nothing."""
    lab.portal.set_expiry(resource="open6", expires_in_s=2)
    lab.portal.set_expiry(resource="open6", expires_in_s=3600)
    time.sleep(3.5)
    return proofs.ping(lab, OPEN6)


def rejects_one_resource(lab, path):
    if lab.portal.reject_access(resource="open4") != 1:
        raise Unproven("the portal knows no flow for open4")
    remark = _eventually(lambda: proofs.refused(lab, OPEN4))
    proofs.ping(lab, OPEN6)
    _grant_again(lab, "open4")
    return remark


def says_goodbye_after_the_last(lab, path):
    """A client without any resource left is told, asks anew, and is served again."""
    since = lab.portal.last_seq()
    for name in RESOURCES:
        lab.portal.reject_access(resource=name)
    remark = proofs.reaches(lab, OPEN4)
    lab.portal.wait_for("the client does not ask anew", 1, after=since,
                        role="client", direction="in", event="create_flow")
    for address in RESOURCES.values():
        proofs.reaches(lab, address)
    return remark


def tells_root_who_is_connected(lab, path):
    """One client, on the path that it takes, with what it has downloaded; nobody else may ask."""
    way = "relayed" if path == "relayed" else "direct"
    before = _eventually(lambda: _only_peer(lab, way))
    proofs.download(lab, OPEN4)
    after = _only_peer(lab, way)
    grown = after["sent"]["bytes"] - before["sent"]["bytes"]
    if grown < FILE_BYTES:
        raise Unproven(f"a download of {FILE_BYTES} bytes counts as {grown}")
    if not after["resources"] or after["handshake_age_ms"] > after["age_ms"]:
        raise Unproven(f"this makes no sense: {after}")
    refused = lab.on("gateway", ["setpriv", "--reuid", "65534", "--clear-groups", "--",
                                 *cast.question_command("peers 0")])
    if not refused.startswith("error\nonly root may"):
        raise Unproven(f"nobody in particular hears {refused}")
    return f"{way}, {after['rtt_us'] / 1000:.1f} ms away, {grown / 1e6:.1f} MB more were sent"


def _only_peer(lab, way):
    status, document = lab.on("gateway", cast.question_command("peers 0")).split("\n", 1)
    answer = json.loads(document)
    peers = answer.get("peers", [])
    if status != "ok" or answer["next"] is not None or len(peers) != 1:
        raise Unproven(f"{status}: {answer}")
    if peers[0]["path"] != way or peers[0]["rtt_us"] is None:
        raise Unproven(f"the client is no {way} one: {peers[0]}")
    return peers[0]


def outlives_a_portal_reset(lab, path):
    """Tunnels carry on while the gateway finds its way back to the portal.

    Its new `init` has new relay passwords, for which a relayed path may be set up anew.
    """
    carries_on = proofs.reaches if path == "relayed" else proofs.ping
    since = lab.portal.last_seq()
    lab.portal.drop(role="gateway")
    carries_on(lab, OPEN4)
    lab.portal.wait_for("the gateway does not come back", 10, after=since,
                        role="gateway", direction="out", event="init")
    time.sleep(2)
    carries_on(lab, OPEN6)
    return carries_on(lab, OPEN4)


def survives_gateway_restart(lab, path):
    status = lab.stop_gateway()
    if status != 0:
        raise Unproven(f"asked to end, the gateway exits with {status}")
    lab.start_gateway()
    remark = proofs.reaches(lab, OPEN4)
    proofs.reaches(lab, OPEN6)
    return remark


def survives_gateway_crash(lab, path):
    lab.stop_gateway(signal.SIGKILL)
    lab.start_gateway()
    remark = proofs.reaches(lab, OPEN4, limit_s=_LOST_PEER_LIMIT_S)
    proofs.reaches(lab, OPEN6)
    return remark


def survives_client_restart(lab, path):
    lab.stop_client()
    lab.start_client()
    return carries_both_families(lab, path)


def survives_relay_restart(lab, path):
    """A relay that logs in again has new passwords; everybody must hear of them and move on."""
    lab.stop_relay()
    lab.start_relay()
    return proofs.reaches(lab, OPEN4, limit_s=_LOST_PEER_LIMIT_S)


COMMON = (
    carries_both_families,
    takes_its_path,
    filters_ports,
    takes_new_filters,
    ends_access_at_expiry,
    extends_access,
    rejects_one_resource,
    says_goodbye_after_the_last,
    outlives_a_portal_reset,
    survives_gateway_restart,
    survives_client_restart,
)

# Path -> the families in which client and gateway cannot meet directly, and what to show.
PATHS = {
    "direct": ((), COMMON + (survives_gateway_crash,)),
    "direct4": (("ipv6",), (carries_both_families, takes_its_path)),
    "direct6": (("ipv4",), (carries_both_families, takes_its_path)),
    "relayed": (("ipv4", "ipv6"), COMMON + (survives_relay_restart, takes_its_path)),
}


def _grant_again(lab, name):
    """Clients forget a refused resource only when it goes and comes back."""
    lab.portal.revoke(actor="alice", resource=name)
    lab.portal.grant(actor="alice", resource=name)
    proofs.reaches(lab, RESOURCES[name])


def _eventually(proof, limit_s=8):
    """What the portal says takes a moment to arrive and to be enforced."""
    deadline = time.monotonic() + limit_s
    while True:
        try:
            return proof()
        except Unproven:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)
