"""A PostgreSQL server of our own, in a temporary folder, reachable by a Unix socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from collections.abc import Iterator


def find_binaries() -> Path | None:
    """Return the folder of the newest installed server; None where there is none."""
    if shutil.which("initdb"):
        return Path(str(shutil.which("initdb"))).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Run a server for as long as the context lasts; gives the URL of its database ``postgres``."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short, because the path of a socket may have 107 bytes only
    data = folder / "data"
    as_owner = _as_owner(folder)
    try:
        _run(*as_owner, f"{binaries}/initdb", "-D", f"{data}", "-U", "bot", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        control = (*as_owner, f"{binaries}/pg_ctl", "-D", f"{data}", "-w")
        _run(*control, "-o", options, "-l", f"{folder}/log", "start")
        try:
            yield f"postgresql+psycopg://bot@/postgres?host={folder}"
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def create_database(server: str, name: str, template: str) -> str:
    """Make a database *name* after *template*; return its URL."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


def _as_owner(folder: Path) -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: hand the folder to its own user."""
    if os.getuid() != 0:
        return ()
    owner = pwd.getpwnam("postgres")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return ("setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
