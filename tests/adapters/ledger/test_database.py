"""How the ledger keeps its promise: pragmas, migrations, instants."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from bot.adapters import migrations
from bot.adapters.ledger import Arrival, Ledger, LedgerTooNew
from bot.adapters.tables import Row
from bot.language import VIETNAM
from tests.adapters.ledger.samples import INBOX, NOW, hash_of


def _pragma(ledger: Ledger, name: str) -> object:
    with ledger._reading() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 30000), ("foreign_keys", 1)]
)
def test_sqlite_is_set_to_keep_what_it_has_committed(ledger: Ledger, pragma: str, value: object) -> None:
    assert _pragma(ledger, pragma) == value


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_every_connection_of_the_pool_has_the_settings(ledger: Ledger) -> None:
    with ledger._reading() as one, ledger._reading() as other:
        assert [c.execute(text("PRAGMA synchronous")).scalar() for c in (one, other)] == [2, 2]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_file_and_its_log_are_readable_to_their_owner_only(empty_url: str) -> None:
    ledger = Ledger(empty_url)
    ledger.migrate()
    path = Path(empty_url.removeprefix("sqlite:///"))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    ledger.close()

    assert modes["ledger.db"] == modes["ledger.db-wal"] == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_migrations_make_exactly_the_tables_of_the_models(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Row.metadata)
    engine.dispose()

    assert differences == []


def test_migrating_again_changes_nothing(ledger: Ledger) -> None:
    ledger.receive(INBOX, [Arrival(1, hash_of("a"), 10, NOW)], NOW)
    ledger.migrate()

    assert ledger.counts(NOW).received_total == 1


def test_daemons_that_start_at_once_migrate_once(empty_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        ledger = Ledger(empty_url)
        try:
            ledger.migrate()
            ledger.receive(INBOX, [Arrival(1, hash_of("a"), 10, NOW)], NOW)
        except BaseException as failure:  # noqa: BLE001  a thread's failure must reach the test
            failures.append(failure)
        finally:
            ledger.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_a_ledger_of_a_later_program_is_refused_and_left_alone(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    ledger = Ledger(url)
    with pytest.raises(LedgerTooNew, match=f"9999.*{migrations.HEAD}"):
        ledger.migrate()
    ledger.close()


def test_the_known_revisions_are_those_that_are_packed() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    packed = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]

    assert tuple(reversed(packed)) == migrations.REVISIONS


def test_a_start_with_nothing_to_migrate_does_not_load_alembic(tmp_path: Path, migrated_file: Path) -> None:
    program = (
        "import sys; from bot.adapters.ledger import Ledger; ledger = Ledger(sys.argv[1]); ledger.migrate(); "
        "ledger.close(); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, f"sqlite:///{migrated_file}"], check=True)


def test_an_instant_comes_back_as_the_same_instant_in_utc(ledger: Ledger) -> None:
    told = datetime(2012, 7, 12, 8, 30, 15, 123456, tzinfo=VIETNAM)
    ledger.receive(INBOX, [Arrival(1, hash_of("a"), 10, told)], told)
    (kept,) = ledger.undecided(told, 1)

    assert kept.received_at == told
    assert kept.received_at.utcoffset() == timedelta(0)
    assert kept.received_at.tzinfo is not None


def test_instants_of_different_zones_are_ordered_as_instants(ledger: Ledger) -> None:
    early = datetime(2012, 7, 12, 8, 0, tzinfo=VIETNAM)  # 01:00 UTC
    late = datetime(2012, 7, 12, 2, 0, tzinfo=UTC)
    ledger.receive(INBOX, [Arrival(1, hash_of("late"), 1, late), Arrival(2, hash_of("early"), 1, early)], late)

    assert [one.sha256 for one in ledger.undecided(late, 9)] == [hash_of("early"), hash_of("late")]


def test_an_instant_without_a_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="without a time zone"):
        ledger.receive(INBOX, [Arrival(1, hash_of("a"), 10, NOW.replace(tzinfo=None))], NOW)
    assert ledger.counts(NOW).received_total == 0
