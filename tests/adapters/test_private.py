"""What is kept is for its owner only, whatever it was made with; a page that is meant to be read stays so."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bot.adapters.own_secret import own_secret
from bot.adapters.private import close_to_others, find_open, keeping_private
from bot.adapters.site import write_site
from bot.adapters.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    Vault(folder / "vault").put(b"x")
    own_secret(folder, "header")
    (folder / "ledger.db").touch()
    (folder / "ledger.db-wal").touch()
    for path in (folder, folder / "vault", folder / "secrets" / "header"):
        path.chmod(0o755)
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_others_may_read_is_found_and_closed(data: Path) -> None:
    opened = {data, data / "vault", data / "secrets" / "header", data / "ledger.db", data / "ledger.db-wal"}
    assert set(find_open(data)) == opened
    assert set(close_to_others(data)) == opened
    assert find_open(data) == ()
    assert [mode(data), mode(data / "ledger.db")] == [0o700, 0o600]


def test_nothing_is_made_for_others_while_the_daemon_works(data: Path) -> None:
    with keeping_private():
        (data / "new").touch()
    (data / "later").touch()
    assert [mode(data / "new"), mode(data / "later")] == [0o600, 0o644]


def test_a_page_may_be_read_all_the_same(data: Path) -> None:
    page = data / "page"
    close_to_others(data, page)
    assert mode(data) == 0o711
    assert find_open(data, page) == ()
    with keeping_private():
        write_site(page, [("index.html", "x"), ("a/b.html", "y")])
    assert [mode(one) for one in (page, page / "index.html", page / "a", page / "a" / "b.html")] == [
        *(0o755, 0o644, 0o755, 0o644)
    ]


def test_a_folder_that_is_not_there_is_open_to_nobody(tmp_path: Path) -> None:
    assert find_open(tmp_path / "data") == ()
