"""IDLE as a hint: it comes soon when all is well, and it is never the end when something is not."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from bot.adapters.imap import Watcher
from tests.liar import PASSWORD, LiarServer, Talk
from tests.servers import NOON, Door, mailbox_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Mailbox

PATIENCE = 10.0
"""Seconds after which a hint counts as lost; nothing is asserted about how soon it comes."""


class Hints:
    def __init__(self) -> None:
        self._coming = threading.Semaphore(0)

    def __call__(self) -> None:
        self._coming.release()

    def wait(self) -> bool:
        return self._coming.acquire(timeout=PATIENCE)

    def forget(self) -> None:
        while self._coming.acquire(blocking=False):
            pass


@pytest.fixture
def hints() -> Hints:
    return Hints()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TEST_SECRET", PASSWORD)
    monkeypatch.setattr("bot.adapters.imap_watch._TICK", 0.05)


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    started: list[Watcher] = []
    yield started
    for watcher in started:
        watcher.stop()
        assert not watcher.alive


def watch(settings: Mailbox, hints: Hints, watchers: list[Watcher]) -> Watcher:
    watcher = Watcher(settings, hints, longest_pause=0.05)
    watchers.append(watcher)
    watcher.start()
    return watcher


def test_a_hint_comes_after_connecting_and_with_each_mail(
    either_server: Door, hints: Hints, watchers: list[Watcher]
) -> None:
    watch(either_server.settings, hints, watchers)
    assert hints.wait()

    for _ in range(2):
        # pymap itself never tells of a mail that arrives while it is telling of the one before.
        threading.Event().wait(0.3)
        hints.forget()
        either_server.server.deliver(b"Subject: new\r\n\r\n", NOON)
        assert hints.wait()


def test_it_listens_again_after_the_server_was_away(either_server: Door, hints: Hints, watchers: list[Watcher]) -> None:
    watcher = watch(either_server.settings, hints, watchers)
    assert hints.wait()

    either_server.server.stop()
    assert hints.wait()  # the loss itself is a reason to look
    threading.Event().wait(0.2)
    hints.forget()
    either_server.server.start()

    assert hints.wait()
    hints.forget()
    either_server.server.deliver(b"Subject: new\r\n\r\n", NOON)
    assert hints.wait()
    assert watcher.alive


def test_idle_is_renewed_and_hears_on(either_server: Door, hints: Hints, watchers: list[Watcher]) -> None:
    watch(either_server.settings.model_copy(update={"idle_minutes": 0.1 / 60}), hints, watchers)
    assert hints.wait()
    threading.Event().wait(0.5)
    hints.forget()

    either_server.server.deliver(b"Subject: new\r\n\r\n", NOON)
    assert hints.wait()


def test_renewal_sends_done_and_idle_again_on_the_same_connection(hints: Hints, watchers: list[Watcher]) -> None:
    renewed = threading.Semaphore(0)

    def idle(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"+ idling\r\n")
        assert talk.rfile.readline() == b"DONE\r\n"
        talk.done(tag)
        renewed.release()

    with LiarServer({"IDLE": idle}) as liar:
        watch(mailbox_of(liar, idle_minutes=0.1 / 60), hints, watchers)
        assert all(renewed.acquire(timeout=PATIENCE) for _ in range(3))
        assert liar.connections == 1
        watchers[0].stop()


def test_a_line_in_two_pieces_is_a_hint_all_the_same(hints: Hints, watchers: list[Watcher]) -> None:
    go = threading.Event()

    def idle(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"+ idling\r\n")
        if talk.server.liar.connections == 1:
            go.wait(PATIENCE)
            talk.say(b"* 2 EXI")
            threading.Event().wait(0.1)
            talk.say(b"STS\r\n")
        talk.be_silent()

    with LiarServer({"IDLE": idle}) as liar:
        watcher = watch(mailbox_of(liar, timeout_seconds=1), hints, watchers)
        assert hints.wait()
        hints.forget()
        go.set()
        assert hints.wait()
        assert watcher.alive
        watchers[0].stop()


def test_a_server_that_never_answers_done_is_left_and_tried_again(hints: Hints, watchers: list[Watcher]) -> None:
    def idle(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"+ idling\r\n")
        talk.be_silent()

    with LiarServer({"IDLE": idle}) as liar:
        watch(mailbox_of(liar, idle_minutes=0.05 / 60, timeout_seconds=0.1), hints, watchers)
        assert all(hints.wait() for _ in range(4))
        assert liar.connections > 1
        watchers[0].stop()


@pytest.mark.parametrize("last_words", [b"* BYE timeout\r\n", b"", b"* nonsense ((\r\n"], ids=["BYE", "EOF", "noise"])
def test_a_server_that_hangs_up_is_called_again(last_words: bytes, hints: Hints, watchers: list[Watcher]) -> None:
    def idle(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"+ idling\r\n" + last_words)
        talk.hang_up()

    with LiarServer({"IDLE": idle}) as liar:
        watcher = watch(mailbox_of(liar), hints, watchers)
        assert all(hints.wait() for _ in range(4))
        assert liar.connections > 1
        assert watcher.alive
        watchers[0].stop()


def test_it_stops_soon_also_while_the_server_is_a_black_hole(hints: Hints, watchers: list[Watcher]) -> None:
    asked = threading.Event()

    def swallow(talk: Talk, tag: bytes, line: bytes) -> None:
        asked.set()
        talk.be_silent()

    with LiarServer({"NOOP": swallow}) as liar:
        watcher = watch(mailbox_of(liar, idle_minutes=0.05 / 60, timeout_seconds=30), hints, watchers)
        assert asked.wait(PATIENCE)
        watcher.stop()
        assert not watcher.alive


def test_where_the_server_has_no_idle_it_ends_by_itself(hints: Hints, watchers: list[Watcher]) -> None:
    with LiarServer() as liar:
        liar.capabilities = b"IMAP4rev1 MOVE"
        watcher = watch(mailbox_of(liar), hints, watchers)
        watcher._thread.join(PATIENCE)
        assert not watcher.alive


def test_a_hint_that_fails_is_not_the_end_of_listening(hints: Hints, watchers: list[Watcher]) -> None:
    calls = threading.Semaphore(0)

    def broken() -> None:
        calls.release()
        raise RuntimeError("a bug in whoever is told")

    with LiarServer() as liar:
        watcher = Watcher(mailbox_of(liar), broken, longest_pause=0.05)
        watchers.append(watcher)
        watcher.start()
        assert all(calls.acquire(timeout=PATIENCE) for _ in range(2))
        assert watcher.alive
        watcher.stop()


def test_to_stop_what_was_never_started_is_fine(hints: Hints) -> None:
    with LiarServer() as liar:
        Watcher(mailbox_of(liar), hints).stop()
