"""A vault in a store that machines share: what one keeps the other has, and the store alone says what is kept."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from bot.adapters.far_vault import open_vault
from bot.adapters.vault import VaultDamaged, VaultMissing
from bot.config import Store
from tests.s3 import S3Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.adapters.vault import Vault

RAW = b"Kinh gui Bo\r\n" * 100
NAME = sha256(RAW).hexdigest()
KEY = f"bao-cao/vault/{NAME[:2]}/{NAME[2:]}"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture
def server(running: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "bot")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    running.files.clear()
    running.asked.clear()
    running.is_broken = False
    return running


@pytest.fixture
def machine(server: S3Server, tmp_path: Path) -> Callable[[str], Vault]:
    def at(name: str) -> Vault:
        return open_vault(Store(folder=tmp_path / name, vault_url="s3://bao-cao/vault", vault_endpoint=server.endpoint))

    return at


@pytest.fixture
def vault(machine: Callable[[str], Vault]) -> Vault:
    return machine("one")


def test_what_one_machine_keeps_the_other_has(
    vault: Vault, machine: Callable[[str], Vault], server: S3Server, tmp_path: Path
) -> None:
    assert vault.put(RAW) == NAME
    assert server.files == {KEY: RAW}
    other = machine("two")
    assert NAME in other
    assert other.get(NAME) == RAW
    path = other.path(NAME)
    assert path.read_bytes() == RAW
    assert path.is_relative_to(tmp_path / "two")
    assert list(other.names()) == [NAME]


def test_what_is_kept_is_not_sent_again_and_a_copy_nearby_is_not_fetched(vault: Vault, server: S3Server) -> None:
    vault.put(RAW)
    vault.put(RAW)
    assert (vault.get(NAME), vault.path(NAME).read_bytes(), NAME in vault) == (RAW, RAW, True)
    assert [command for command, _ in server.asked].count("PUT") == 1
    assert "GET" not in {command for command, name in server.asked if name == KEY}


def test_what_nobody_keeps_is_missing_and_its_path_is_empty(vault: Vault) -> None:
    assert NAME not in vault
    with pytest.raises(VaultMissing):
        vault.get(NAME)
    assert not vault.path(NAME).exists()
    assert not vault.drop(NAME)
    assert list(vault.names()) == []


def test_a_damaged_copy_is_fetched_again_and_a_damaged_file_is_never_given(vault: Vault, server: S3Server) -> None:
    vault.put(RAW)
    vault.path(NAME).write_bytes(b"x")
    assert vault.get(NAME) == RAW
    server.files[KEY] = b"x"
    with pytest.raises(VaultDamaged):
        vault.origin.get(NAME)
    vault.path(NAME).unlink(missing_ok=True)
    with pytest.raises(VaultDamaged):
        vault.get(NAME)
    assert not vault.path(NAME).exists()


def test_who_doubts_asks_the_store_whatever_lies_nearby(vault: Vault, server: S3Server) -> None:
    vault.put(RAW)
    del server.files[KEY]
    assert NAME in vault
    assert NAME not in vault.origin
    with pytest.raises(VaultMissing):
        vault.origin.get(NAME)
    vault.put(RAW)
    assert server.files == {KEY: RAW}, "a copy nearby is no proof that the store has it"


def test_what_is_dropped_is_gone_everywhere_it_is_asked_for(
    vault: Vault, machine: Callable[[str], Vault], server: S3Server
) -> None:
    vault.put(RAW)
    assert vault.drop(NAME)
    assert (NAME in vault, server.files) == (False, {})
    assert NAME not in machine("two")


def test_old_copies_are_dropped_and_fetched_when_they_are_needed(vault: Vault) -> None:
    vault.put(RAW)
    copy = vault.path(NAME)
    assert vault.sweep_temp(NOW) == 0
    long_ago = (NOW - timedelta(days=31)).timestamp()
    os.utime(copy, (long_ago, long_ago))
    assert vault.sweep_temp(NOW) == 1
    assert not copy.exists()
    assert vault.path(NAME).read_bytes() == RAW


def test_a_store_that_refuses_is_trouble_of_the_house_and_nothing_is_kept(vault: Vault, server: S3Server) -> None:
    server.is_broken = True
    with pytest.raises(OSError, match="bao-cao/vault/"):
        vault.put(RAW)
    server.is_broken = False
    assert NAME not in vault.origin
    vault.put(RAW)
    assert NAME in vault.origin


def test_a_store_that_cannot_be_reached_is_trouble_of_the_house(tmp_path: Path, server: S3Server) -> None:
    with S3Server() as gone:
        endpoint = gone.endpoint
    vault = open_vault(Store(folder=tmp_path, vault_url="s3://bao-cao/vault", vault_endpoint=endpoint))
    with pytest.raises(OSError, match="bao-cao/vault/"):
        vault.origin.get(NAME)


def test_a_folder_that_is_shared_is_a_vault_as_ever(tmp_path: Path) -> None:
    first = open_vault(Store(folder=tmp_path / "one", vault=tmp_path / "shared"))
    second = open_vault(Store(folder=tmp_path / "two", vault=tmp_path / "shared"))
    assert second.get(first.put(RAW)) == RAW
    assert first.origin is first
