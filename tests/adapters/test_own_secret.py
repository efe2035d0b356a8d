"""Secrets of the program's own: made once, the same for all who ask, readable to their owner only."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bot.adapters.own_secret import SecretDamaged, own_secret

if TYPE_CHECKING:
    from pathlib import Path


def test_a_secret_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = own_secret(data, "header")
    assert len(first) == 32
    assert own_secret(data, "header") == first
    assert own_secret(data, "token") != first
    modes = {stat.S_IMODE(one.stat().st_mode) for one in (data / "secrets").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((data / "secrets").stat().st_mode) == 0o700


def test_all_who_ask_at_once_are_given_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        given = set(threads.map(lambda _: own_secret(tmp_path, "header"), range(32)))
    assert len(given) == 1
    assert [one.name for one in (tmp_path / "secrets").iterdir()] == ["header"]


@pytest.mark.parametrize("content", [b"", b"too short", b"x" * 33])
def test_a_damaged_secret_is_told_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    own_secret(tmp_path, "header")
    path = tmp_path / "secrets" / "header"
    path.write_bytes(content)
    with pytest.raises(SecretDamaged, match="secrets/header"):
        own_secret(tmp_path, "header")
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["", "../ledger", "a/b", "A", ".hidden"])
def test_a_secret_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a secret"):
        own_secret(tmp_path, name)
