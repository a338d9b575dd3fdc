"""What a server sends goes to public addresses only, in bounded time, whoever is there."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cuvee.errors import InvalidParameter
from cuvee.rules.targets import Allowed, is_public
from cuvee.server.outbound import MAX_ANSWER, Answer, Outbound
from receiver import Got, Handler, Receiver, receiving

NOT_PUBLIC = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255"),  # noqa: S104
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192"),
    *("168.63.129.16", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:7f00:1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"),
    *("2001:db8::1", "2001:10::1", "3fff::1", "100::1", "2606:4700::5efe:7f00:1", "4000::1"),
    *("", "localhost", "127.1", "1.2.3"),
]
PUBLIC = ["93.184.216.34", "1.1.1.1", "172.32.0.1", "2606:4700::1", "64:ff9b::101:101"]
HOSTS = [
    *("127.0.0.1", "localhost", "LOCALHOST", "localhost.", "x.localhost", "127.1", "2130706433"),
    *("0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "[::1]", "[::ffff:127.0.0.1]"),
    *("[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[::]", "0", "0.0.0.0", "169.254.169.254"),  # noqa: S104
    *("metadata.google.internal", "10.0.0.1", "[fe80::1]", "[fd00:ec2::254]"),
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_a_local_host_is_called(host: str, scheme: str) -> None:
    with receiving() as receiver:
        url = f"{scheme}://{host}:{receiver.port}/"
        outbound = Outbound()
        assert outbound.refusal(url)
        answer = outbound.post(url, b"x", {}, verify=True)
        assert answer.status is None
        assert answer.problem
        assert receiver.got == []


def fake(*addresses: str) -> Any:
    """Resolve every name to addresses, a different one each time when there are several calls."""
    calls = iter(addresses)

    def resolve(_: str, port: int, **__: object) -> list[Any]:
        address = next(calls, addresses[-1])
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_a_name_that_means_a_local_address_is_not_called(address: str) -> None:
    with receiving() as receiver:
        outbound = Outbound(resolve=fake(address))
        answer = outbound.post(f"https://example.com:{receiver.port}/", b"x", {}, verify=True)
        assert "not on the public internet" in answer.problem
        assert receiver.got == []


def test_one_local_address_among_public_ones_is_enough_to_refuse() -> None:
    def resolve(_: str, port: int, **__: object) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("93.184.216.34", port)), (*kind, ("127.0.0.1", port))]

    answer = Outbound(resolve=resolve).post("https://example.com/", b"x", {}, verify=True)
    assert "not on the public internet" in answer.problem


def test_a_name_is_resolved_once_for_looking_and_connecting() -> None:
    asked = []

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        asked.append(host)
        first = "192.0.2.1" if len(asked) > 1 else "93.184.216.34"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (first, port))]

    outbound = Outbound(resolve=resolve, timeout=0.5)
    assert outbound.post("https://rebinding.example.com/", b"x", {}, verify=True).status is None
    assert asked == ["rebinding.example.com"]


def test_the_connected_address_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        # As a router or a hosts file would: what was to be a public address ends here.
        connect = socket.socket.connect
        here = ("127.0.0.1", receiver.port)
        monkeypatch.setattr(socket.socket, "connect", lambda self, _: connect(self, here))
        answer = Outbound(resolve=fake("93.184.216.34")).post(
            f"https://example.com:{receiver.port}/", b"x", {}, verify=True
        )
        assert "not on the public internet" in answer.problem
        time.sleep(0.05)
        assert receiver.got == []


def test_exactly_the_allowed_host_and_port_are_free() -> None:
    with receiving() as receiver, receiving() as other:
        outbound = Outbound(Allowed([f"127.0.0.1:{receiver.port}"]))
        assert outbound.post(receiver.url, b"x", {}, verify=True) == Answer(200)
        assert outbound.post(other.url, b"x", {}, verify=True).status is None
        named = receiver.url.replace("127.0.0.1", "localhost")
        assert outbound.post(named, b"x", {}, verify=True).status is None
        assert Outbound(Allowed(["localhost"])).post(named, b"x", {}, verify=True) == Answer(200)
        assert len(receiver.got) == 2
        assert other.got == []


@pytest.mark.parametrize("entry", ["", "*", "http://x", "a@b", "x:y", "[::1", "*.example.com"])
def test_an_allowed_host_is_a_name_and_perhaps_a_port(entry: str) -> None:
    with pytest.raises(InvalidParameter):
        Allowed([entry])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def outbound() -> Outbound:
    return Outbound(Allowed(["127.0.0.1"]), timeout=1.0)


@pytest.fixture
def patient() -> Outbound:
    """The same for receivers that answer, however long the machine halts meanwhile."""
    return Outbound(Allowed(["127.0.0.1"]), timeout=20.0)


def test_redirects_are_not_followed(receiver: Receiver, patient: Outbound) -> None:
    with receiving() as elsewhere:
        targets = [elsewhere.url, "http://169.254.169.254/latest/meta-data/"]
        for status in (301, 302, 303, 307, 308):
            for target in targets:
                receiver.behave = lambda h, _, s=status, t=target: h.answer(s, Location=t)  # type: ignore[misc]
                assert patient.post(receiver.url, b"x", {}, verify=True) == Answer(status)
        assert elsewhere.got == []


def test_proxies_of_the_environment_are_not_used(
    receiver: Receiver, patient: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert patient.post(receiver.url, b"x", {}, verify=True) == Answer(200)
        assert proxy.got == []


def hang(_: Handler, __: Got) -> None:
    time.sleep(5)


def drip_head(handler: Handler, _: Got) -> None:
    for _i in range(100):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


def endless_head(handler: Handler, _: Got) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-A: " + b"a" * 1000 + b"\r\n")


def not_http(handler: Handler, _: Got) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.0\r\n")


@pytest.mark.parametrize("behave", [hang, drip_head, endless_head, not_http])
def test_a_receiver_without_a_status_fails_in_bounded_time(
    receiver: Receiver, outbound: Outbound, behave: Any
) -> None:
    receiver.behave = behave
    begin = time.monotonic()
    answer = outbound.post(receiver.url, b"x", {}, verify=True)
    assert time.monotonic() - begin < 3
    assert answer.status is None
    assert answer.problem


def endless_body(handler: Handler, _: Got) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    sent = 0
    try:
        while sent < MAX_ANSWER * 1000:
            sent += handler.wfile.write(b"a" * 1000)
    finally:
        handler.server.receiver.sent = sent  # type: ignore[attr-defined]


def dripping_body(handler: Handler, _: Got) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _i in range(200):
        handler.wfile.write(b"a")
        time.sleep(0.05)


def short_body(handler: Handler, _: Got) -> None:
    handler.answer(200, b"short", Content_Length="500")


def huge_length(handler: Handler, _: Got) -> None:
    handler.answer(200, b"short", Content_Length="9" * 30)


def negative_length(handler: Handler, _: Got) -> None:
    handler.answer(200, b"short", Content_Length="-5")


def bad_chunks(handler: Handler, _: Got) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc")


@pytest.mark.parametrize(
    "behave",
    [endless_body, dripping_body, short_body, huge_length, negative_length, bad_chunks],
)
def test_a_status_counts_whatever_lies_follow_it(
    receiver: Receiver, outbound: Outbound, behave: Any
) -> None:
    receiver.behave = behave
    begin = time.monotonic()
    assert outbound.post(receiver.url, b"x", {}, verify=True) == Answer(200)
    assert time.monotonic() - begin < 4


def test_no_answer_repeats_what_the_receiver_said(receiver: Receiver, patient: Outbound) -> None:
    receiver.behave = lambda handler, _: handler.answer(500, b"internal-secret", X_A="secret2")
    answer = patient.post(receiver.url, b"x", {}, verify=True)
    assert answer == Answer(500)
    assert "secret" not in repr(answer)


def test_nobody_there_is_said(outbound: Outbound) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = outbound.post(f"http://127.0.0.1:{port}/", b"x", {}, verify=True)
    assert answer == Answer(problem="The receiver refuses connections.")


def test_closing_cuts_what_is_under_way(receiver: Receiver) -> None:
    receiver.behave = hang
    outbound = Outbound(Allowed(["127.0.0.1"]), timeout=20)
    answers: list[Answer] = []
    thread = threading.Thread(
        target=lambda: answers.append(outbound.post(receiver.url, b"x", {}, verify=True))
    )
    thread.start()
    receiver.wait(1)
    outbound.close()
    thread.join(3)
    assert answers
    assert answers[0].status is None


# ---------------------------------------------------------------- TLS


class Authority:
    """A certificate authority of the tests' own."""

    def __init__(self, folder: Path) -> None:
        from cryptography.hazmat.primitives.asymmetric import ec

        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name("Cuvee Tests")
        self.certificate = self._sign(self.name, self.key.public_key(), [], authority=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(_pem(self.certificate))

    def context(self, *names: Any, days: int = 1) -> ssl.SSLContext:
        """Return a server's context with a certificate for names."""
        from cryptography.hazmat.primitives import serialization as s
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        made = self._sign(_name("receiver"), key.public_key(), list(names), days=days)
        file = self.folder / "server.pem"
        private = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())
        file.write_bytes(private + _pem(made))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _sign(
        self, subject: Any, key: Any, names: list[Any], *, authority: bool = False, days: int = 1
    ) -> Any:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes

        now = dt.datetime.now(dt.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=3))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        if authority:
            usage = x509.KeyUsage(
                digital_signature=True, content_commitment=False, key_encipherment=False,
                data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
                encipher_only=False, decipher_only=False,
            )  # fmt: skip
            builder = builder.add_extension(usage, critical=True)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())


def _name(text: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    pem: bytes = certificate.public_bytes(Encoding.PEM)
    return pem


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


def test_tls_is_spoken_with_the_name_to_the_looked_at_address(authority: Authority) -> None:
    from cryptography import x509

    with receiving(tls=authority.context(x509.DNSName("hooks.test"))) as receiver:
        url = f"https://hooks.test:{receiver.port}/x?a=b"
        outbound = Outbound(Allowed(["hooks.test"]), resolve=fake("127.0.0.1"))
        assert outbound.post(url, b"{}", {"X-A": "b"}, verify=True) == Answer(200)
        got = receiver.got[0]
        assert (got.path, got.body) == ("/x?a=b", b"{}")
        assert got.headers["host"] == f"hooks.test:{receiver.port}"
        assert got.headers["x-a"] == "b"


def test_a_wrong_certificate_is_refused_unless_nobody_minds(authority: Authority) -> None:
    from cryptography import x509

    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    cases = [
        authority.context(x509.DNSName("elsewhere.test")),
        authority.context(address, days=-1),
    ]
    outbound = Outbound(Allowed(["127.0.0.1"]))
    for tls in cases:
        with receiving(tls=tls) as receiver:
            url = f"https://127.0.0.1:{receiver.port}/"
            assert "certificate" in outbound.post(url, b"x", {}, verify=True).problem
            assert receiver.got == []
            assert outbound.post(url, b"x", {}, verify=False) == Answer(200)
    with receiving(tls=authority.context(address)) as receiver:
        url = f"https://127.0.0.1:{receiver.port}/"
        assert outbound.post(url, b"x", {}, verify=True) == Answer(200)


def test_a_handshake_that_hangs_ends_in_bounded_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outbound = Outbound(Allowed(["127.0.0.1"]), timeout=0.5)
        begin = time.monotonic()
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        answer = outbound.post(url, b"x", {}, verify=True)
        assert answer.problem == "The receiver did not answer in time."
        assert time.monotonic() - begin < 2


def test_plain_http_where_tls_is_expected_is_said(receiver: Receiver, outbound: Outbound) -> None:
    url = receiver.url.replace("http:", "https:")
    assert "TLS" in outbound.post(url, b"x", {}, verify=True).problem
