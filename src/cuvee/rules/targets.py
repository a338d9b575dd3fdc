"""Which network addresses a server may call because somebody asked it to: pure.

Only public ones. What is not public is refused by what it is: this network, loopback, private and
shared ranges, link-local (where clouds answer questions about the machine), multicast, reserved,
documentation; and IPv6 addresses that stand for an IPv4 address are judged by that one, or refused
where they would go through a relay.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult

from cuvee.errors import InvalidParameter

_NOT_PUBLIC = [
    IPv4Network(n)
    for n in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's own services, although the address looks public
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
_GLOBAL = IPv6Network("2000::/3")
_NOT_GLOBAL = [
    IPv6Network(n)
    for n in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
]
_NAT64 = IPv6Network("64:ff9b::/96")
_ENTRY = re.compile(r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?")
_LOW_32 = 0xFFFFFFFF
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".localdomain")


def is_public(address: str) -> bool:
    """Say whether an IP address, as a socket spells it, is one on the public internet."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC)
    if ip.ipv4_mapped is not None:
        return is_public(str(ip.ipv4_mapped))
    if ip in _NAT64:  # how a network without IPv4 reaches the public one
        return is_public(str(IPv4Address(int(ip) & _LOW_32)))
    if "%" in address or ip not in _GLOBAL or any(ip in network for network in _NOT_GLOBAL):
        return False
    return not _is_isatap(ip)


def _is_isatap(ip: IPv6Address) -> bool:
    return (int(ip) >> 32) & 0xFCFFFFFF == 0x5EFE


class Allowed:
    """The hosts, besides public ones over https, that an admin lets webhooks go to.

    Args:
        entries: ``NAME`` or ``NAME:PORT``; an IPv6 address stands in brackets.

    Raises:
        InvalidParameter: an entry is neither.
    """

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._hosts: set[tuple[str, int | None]] = set()
        for entry in entries:
            parts = SplitResult("", entry, "", "", "")
            try:
                host, port = parts.hostname, parts.port
            except ValueError:
                host, port = None, None
            if not host or not _ENTRY.fullmatch(entry):
                raise InvalidParameter(
                    f"The allowed webhook host {entry!r} is not NAME or NAME:PORT, such as "
                    "hooks.example.internal:8080."
                )
            self._hosts.add((host, port))

    def has(self, host: str, port: int) -> bool:
        """Say whether a host and port are allowed whatever they resolve to."""
        return bool({(host.lower(), port), (host.lower(), None)} & self._hosts)


def refusal(scheme: str, host: str, port: int, allowed: Allowed) -> str:
    """Say why a URL must not be called, as far as it tells without resolving it; '' if it may be.

    Args:
        scheme: ``https`` or ``http``.
        host: name or address, without brackets.
        port: TCP port.
        allowed: what an admin has allowed.
    """
    if allowed.has(host, port):
        return ""
    if scheme != "https":
        return (
            "Invalid webhook URL scheme: 'http'. Use https, or let an admin allow the host "
            f"(cuvee server --allow-webhook-host {host})."
        )
    name = host.lower().rstrip(".")
    literal = _address(name)
    local = name == _LOCAL_NAMES[0] or name.endswith(_LOCAL_NAMES[1:])
    if local or (literal and not is_public(literal)):
        return not_public(host)
    return ""


def not_public(host: str) -> str:
    """Return the sentence that refuses a host whose address is not public."""
    return (
        f"The host {host[:255]} is not on the public internet, and webhooks go nowhere else: use "
        "a public one, or let an admin allow it (cuvee server --allow-webhook-host)."
    )


def _address(host: str) -> str:
    """Return the address that a host spells, also as 2130706433, 0x7f.1 or 017700000001."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))  # arithmetic only, no network
    except (OSError, ValueError):
        return ""
