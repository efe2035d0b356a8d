"""A server that dribbles is given up in the time of two silences, a slow one that gets on is not."""

from __future__ import annotations

import io

import pytest

from bot.adapters.imap_pace import SLOWEST, Paced


class Dribble(io.BytesIO):
    """Hands out a few bytes at a time; each handing takes some seconds."""

    def __init__(self, data: bytes, size: int, seconds: float) -> None:
        super().__init__(data)
        self._size, self._seconds, self.now = size, seconds, 0.0

    def peek(self, size: int = 1, /) -> bytes:  # noqa: ARG002
        self.now += self._seconds
        return self.getvalue()[self.tell() : self.tell() + self._size]

    def read1(self, size: int | None = -1, /) -> bytes:
        self.now += self._seconds
        return self.read(min(self._size, size or 0))


def paced(data: bytes, size: int, seconds: float) -> Paced:
    stream = Dribble(data, size, seconds)
    return Paced(stream, 60, lambda: stream.now)


def test_one_byte_a_second_is_given_up() -> None:
    with pytest.raises(TimeoutError):
        paced(b"x" * 200, 1, 1).read(200)
    with pytest.raises(TimeoutError):
        paced(b"x" * 200 + b"\r\n", 1, 1).readline()


def test_a_large_mail_on_a_slow_line_comes_through() -> None:
    size = 300 * SLOWEST
    assert len(paced(b"x" * size, SLOWEST, 1).read(size)) == size


def test_each_command_has_a_time_of_its_own() -> None:
    answers = paced(b"x" * 99 + b"\n" + b"y" * 99 + b"\n", 1, 1)
    assert answers.readline() == b"x" * 99 + b"\n"
    answers.restart()
    assert answers.readline() == b"y" * 99 + b"\n"


def test_lines_and_literals_end_where_the_connection_ends() -> None:
    assert paced(b"ab\ncd", 2, 0).readline() == b"ab\n"
    assert paced(b"cd", 2, 0).readline() == b"cd"
    assert paced(b"cd", 2, 0).read(9) == b"cd"
