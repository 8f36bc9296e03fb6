"""Where a request comes from, only as a keyed hash or as a key for one: no address is stored or logged."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request


def network() -> str:
    """The caller's address; for IPv6 its /64, because one home has many addresses there."""
    given = request.remote_addr or ""
    try:
        address = ip_address(given)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)
