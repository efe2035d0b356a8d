"""Keys of domains from the DNS: asked of a server on loopback, and of one that says what the test wants."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import dns.exception
import dns.message
import dns.rcode
import dns.resolver
import pytest

from bot.adapters.clock import SimulatedClock
from bot.adapters.signing_keys import KeysUnreachable, SigningKeys
from tests.fixtures.signing import ScriptedDns, answer, make_key
from tests.flow.office import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "thu._domainkey.nghean.gov.vn"
RECORD = make_key(2048).record()


@contextmanager
def name_server(zone: dict[str, list[bytes]], *, broken: bool = False) -> Iterator[dns.resolver.Resolver]:
    """Serve the zone over UDP; yields a resolver that knows no other server."""

    def serve() -> None:
        while True:
            wire, client = door.recvfrom(2048)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            name = query.question[0].name.to_text(omit_final_dot=True)
            response = dns.message.make_response(query)
            if broken:
                response.set_rcode(dns.rcode.SERVFAIL)
            elif name not in zone:
                response.set_rcode(dns.rcode.NXDOMAIN)
            elif zone[name]:
                response.answer = answer(name, *zone[name]).response.answer
            door.sendto(response.to_wire(), client)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], door.getsockname()[1]
        try:
            yield resolver
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", door.getsockname())
            thread.join()


def test_a_key_is_read_whole_and_what_is_no_single_record_is_none() -> None:
    zone = {NAME: [RECORD], "two.example": [b"p=a", b"p=b"], "empty.example": [], "long.example": [b"p=" + b"A" * 3000]}
    with name_server(zone) as resolver:
        keys = SigningKeys(resolver=resolver)
        assert len(RECORD) > 255, "in two strings"
        assert keys.find([NAME, *zone, "none.example"]) == {NAME: RECORD}
        keys.probe("none.example")


def test_a_server_that_cannot_say_leaves_it_open() -> None:
    with name_server({}, broken=True) as resolver:
        keys = SigningKeys(resolver=resolver)
        with pytest.raises(KeysUnreachable, match="NoNameservers"):
            keys.find([NAME])
        with pytest.raises(KeysUnreachable):
            keys.probe("nghean.gov.vn")


@pytest.mark.parametrize("trouble", [dns.exception.Timeout, dns.resolver.NoNameservers, OSError])
def test_no_answer_is_no_key_and_is_not_kept(trouble: type[Exception]) -> None:
    server = ScriptedDns({NAME: trouble})
    keys = SigningKeys(resolver=server)
    with pytest.raises(KeysUnreachable, match=trouble.__name__):
        keys.find([NAME])
    server.records[NAME] = RECORD
    assert keys.find([NAME]) == {NAME: RECORD}


@pytest.mark.parametrize(("ttl", "kept"), [(300, 300), (86_400, 3600), (0, 0)])
def test_a_key_is_kept_as_long_as_its_domain_allows_and_no_longer_than_an_hour(ttl: int, kept: int) -> None:
    clock = SimulatedClock(NOON)
    server = ScriptedDns({NAME: RECORD}, ttl=ttl)
    keys = SigningKeys(clock, server)
    for _ in range(2):
        assert keys.find([NAME]) == {NAME: RECORD}
    assert len(server.asked) == (1 if kept else 2)
    server.asked.clear()
    clock.move_to(NOON + timedelta(seconds=max(kept - 1, 0)))
    keys.find([NAME])
    assert len(server.asked) == (0 if kept else 1)
    clock.move_to(NOON + timedelta(seconds=kept + 1))
    del server.records[NAME]
    assert keys.find([NAME]) == {}, "it was taken back"


def test_all_keys_of_a_mail_share_one_limit_of_time() -> None:
    clock = SimulatedClock(NOON)

    class Slow(ScriptedDns):
        def resolve(self, qname: str, rdtype: str, *, search: bool, lifetime: float) -> dns.resolver.Answer:
            clock.move_to(clock.now() + timedelta(seconds=3))
            return super().resolve(qname, rdtype, search=search, lifetime=lifetime)

    server = Slow(dict.fromkeys("abc", RECORD))
    with pytest.raises(KeysUnreachable, match="in time"):
        SigningKeys(clock, server).find("abc")
    assert server.asked == ["a", "b"]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.signing_keys._MOST_KEPT", 2)
    server = ScriptedDns(dict.fromkeys("abc", RECORD))
    keys = SigningKeys(SimulatedClock(NOON), server)
    assert len(keys.find("abc")) == 3
    assert list(keys._kept) == ["c"]
