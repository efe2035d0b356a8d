"""The vault where several machines reach it: in a folder that they share, or in a store with copies nearby."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256 as digest_of
from typing import TYPE_CHECKING

from bot.adapters.remote import Remote
from bot.adapters.vault import Vault, VaultDamaged, VaultMissing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from bot.config import Store

_COPIES_LAST = timedelta(days=30)
"""A copy nearby that is older is dropped; who needs the file fetches it again."""


def open_vault(store: Store) -> Vault:
    """Return the vault of that configuration; raises ImportError where the library for its store is missing."""
    if store.vault_url is not None:
        return FarVault(store.vault_folder, Remote.at(store.vault_url, store.vault_endpoint))
    return Vault(store.vault_folder)


class FarVault(Vault):
    """Files in a store that others share, named as in every vault, with copies under *root* for those who read paths.

    A file is kept when the store has it. What the store cannot be asked for raises OSError, as a broken disk does.
    """

    def __init__(self, root: Path, remote: Remote, *, asks_store: bool = False) -> None:
        """With *asks_store* copies nearby say nothing about what is kept."""
        super().__init__(root)
        self._remote, self._asks_store = remote, asks_store

    @property
    def origin(self) -> Vault:
        """Return the vault as the store has it."""
        return FarVault(self._root, self._remote, asks_store=True)

    def path(self, sha256: str) -> Path:
        """Return where a copy of the file lies, which is fetched where it is missing; raises ValueError, OSError.

        Of a file that is not kept, or that is damaged, it is the place where nothing lies.
        """
        place = self._place(sha256)
        if not place.is_file():
            try:
                super().put(self._fetch(sha256))
            except (VaultMissing, VaultDamaged):
                return place
        return place

    def __contains__(self, sha256: str) -> bool:
        near = super().__contains__(sha256)
        return (near and not self._asks_store) or self._remote.size(_key(sha256)) is not None

    def put(self, data: bytes) -> str:
        """Keep *data* and return its SHA-256; when this returns, the store has it.

        Raises:
            OSError: the store cannot be used, or the disk is full; the caller may try again later.
            DiskBroken: the disk failed, and nothing more will be kept.
        """
        name = super().put(data)
        if self._remote.size(_key(name)) != len(data):
            self._remote.put(_key(name), data)
        return name

    def get(self, sha256: str) -> bytes:
        """Return the bytes of that hash, compared with it; a copy nearby is taken where it is whole.

        Raises VaultMissing, VaultDamaged, OSError.
        """
        if not self._asks_store:
            try:
                return super().get(sha256)
            except (VaultMissing, VaultDamaged):
                super().drop(sha256)
        return self._fetch(sha256)

    def drop(self, sha256: str) -> bool:
        """Take the file of that hash away for good, and the copy here; return whether there was one."""
        near = super().drop(sha256)
        return self._remote.drop(_key(sha256)) or near

    def names(self) -> Iterator[str]:
        """Yield the SHA-256 of every file that the store has, whether anybody needs it or not."""
        for key in self._remote.names():
            name = key.replace("/", "")
            if key == _key(name):
                yield name

    def sweep_temp(self, now: datetime) -> int:
        """Remove what interrupted writes left, and old copies; return how many files that were."""
        swept = super().sweep_temp(now)
        for name in list(super().names()):
            place = self._place(name)
            if place.stat().st_mtime < (now - _COPIES_LAST).timestamp():
                swept += super().drop(name)
        return swept

    def _fetch(self, sha256: str) -> bytes:
        try:
            data = self._remote.get(_key(sha256))
        except FileNotFoundError:
            raise VaultMissing(sha256) from None
        if digest_of(data).hexdigest() != sha256:
            raise VaultDamaged(sha256)
        return data


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:]}"
