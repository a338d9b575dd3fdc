"""Webhooks go to the public internet and nowhere else, however an address is spelled."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

from hypothesis import example, given
from hypothesis import strategies as st

from cuvee.rules.targets import Allowed, is_public, refusal

NOBODY = Allowed()
PRIVATE = [
    IPv4Network(n)
    for n in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
              "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4")
]  # fmt: skip
WITHIN = st.sampled_from(PRIVATE).flatmap(lambda n: st.ip_addresses(v=4, network=n))
V4 = st.ip_addresses(v=4) | WITHIN


def spellings(address: IPv4Address) -> list[str]:
    """Return an address as C libraries read it, too."""
    number = int(address)
    a, b, c, d = address.packed
    return [
        str(address),
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{c * 256 + d}",
        f"0x{a:x}.0{b:o}.{c}.{d}",
    ]


@given(WITHIN)
def test_nothing_within_is_public_however_it_is_spelled(address: IPv4Address) -> None:
    assert not is_public(str(address))
    for host in spellings(address):
        assert refusal("https", host, 443, NOBODY), host


@given(V4)
def test_an_ipv6_address_is_judged_by_the_ipv4_address_that_it_stands_for(
    address: IPv4Address,
) -> None:
    for prefix in ("::ffff:", "64:ff9b::"):
        assert is_public(f"{prefix}{address}") == is_public(str(address))


@given(V4 | st.ip_addresses(v=6))
@example(ip_address("fd00::1"))
@example(ip_address("fe80::1"))
@example(ip_address("2002:7f00:1::"))
def test_what_is_public_is_so_for_the_standard_library_too(
    address: IPv4Address | IPv6Address,
) -> None:
    mapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    if is_public(str(address)) and not mapped:
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4), st.integers(0, 2**16 - 1))
def test_relays_into_other_networks_are_refused(address: IPv4Address, low: int) -> None:
    a, b = int(address) >> 16, int(address) & 0xFFFF
    for relay in (f"2002:{a:x}:{b:x}::{low:x}", f"2001:0:{a:x}:{b:x}::{low:x}",
                  f"2a00:1:2:3:0:5efe:{a:x}:{b:x}", f"fe80::{low:x}%eth0"):  # fmt: skip
        assert not is_public(relay), relay


@given(st.text(max_size=40), st.sampled_from(["https", "http", "ftp", ""]), st.integers(0, 65535))
def test_any_host_is_judged_without_an_error(host: str, scheme: str, port: int) -> None:
    said = refusal(scheme, host, port, NOBODY)
    assert isinstance(said, str)
    assert said or scheme == "https"


@given(WITHIN, st.integers(1, 65535), st.integers(1, 65535))
def test_an_admin_allows_one_host_and_port_and_no_other(
    address: IPv4Address, port: int, other: int
) -> None:
    allowed = Allowed([f"{address}:{port}"])
    assert refusal("http", str(address), port, allowed) == ""
    assert bool(refusal("https", str(address), other, allowed)) == (other != port)
    assert refusal("https", str(address), other, Allowed([str(address)])) == ""
