"""The order of the proofs: everything on a direct path, then again through the relay."""

from . import proofs, topology
from .report import BOTH_PATHS


def show(lab, report):
    """Adds one row per proof to the report."""
    report.essential_row(BOTH_PATHS, "gateway logs in", proofs.gateway_logs_in, lab)
    _one_path(lab, report, "direct", proofs.takes_direct_path)
    lab.stop_client()
    lab.paths.block_direct()
    _one_path(lab, report, "relayed", proofs.takes_relayed_path)


def _one_path(lab, report, path, takes_path):
    report.essential_row(path, "client logs in", proofs.client_logs_in, lab)
    for family, address in _by_family(topology.OPEN):
        report.essential_row(path, f"first packet {family}", proofs.reaches, lab, address)
        report.row(path, f"ping {family}", proofs.ping, lab, address)
    report.row(path, f"is {path}", takes_path, lab)
    for family, address in _by_family(topology.OPEN):
        report.row(path, f"10 MB by HTTP {family}", proofs.download, lab, address)
    for direction in ("up", "down"):
        report.row(path, f"iperf3 TCP {direction}", proofs.goodput, lab,
                   topology.OPEN.host()[0], direction)
    for family, address in _by_family(topology.GUARDED):
        report.row(path, f"refuses port {family}", proofs.refuses_port, lab, address)
    if lab.cast.client_takes_extra_routes():
        for family, address in _by_family(topology.FORBIDDEN):
            report.row(path, f"refuses network {family}", proofs.refused, lab, address)


def _by_family(subnet):
    return zip(("IPv4", "IPv6"), subnet.host())
