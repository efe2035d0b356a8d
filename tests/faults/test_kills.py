"""A few deaths; the campaigns are ``python -m tests.faults``. And the checker, which must see what it looks for."""

from __future__ import annotations

import ast
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.adapters.ledger.conftest import empty_url, kind, server
from tests.faults import proof
from tests.faults.anywhere import Lives, Processes, run_anywhere
from tests.faults.kills import Run, run_points
from tests.faults.nursery import Nursery
from tests.faults.proof import Evidence, Sent, prove
from tests.faults.together import run_together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["empty_url", "kind", "server"]

_POINTS = (
    "after archive rename", "before watermark", "before result", "before dot", "after dot", "before sent", "after move",
    "before lease",
)  # fmt: skip


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def played(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Evidence]:
    return run_points(tmp_path_factory.mktemp("kills") / "run", nursery, "some", _POINTS, seed=1)


def test_nothing_is_lost_and_nothing_done_twice_when_the_daemon_dies_at_a_named_point(
    played: tuple[Run, Evidence],
) -> None:
    run, evidence = played
    assert run.breaches == []
    assert run.kills == len(_POINTS)
    assert 0 < run.copies <= len(evidence.windows), "two deaths are in the window; others may meet it by chance"


def test_nothing_is_lost_and_nothing_done_twice_when_lives_end_anywhere(nursery: Nursery, tmp_path: Path) -> None:
    assert run_anywhere(tmp_path / "run", Lives(nursery), seed=7, kills=3).breaches == []


def test_nothing_is_lost_and_nothing_done_twice_when_the_program_is_killed(tmp_path: Path) -> None:
    assert run_anywhere(tmp_path / "run", Processes(), seed=7, kills=2).breaches == []


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_nothing_is_lost_and_nothing_done_twice_when_some_of_several_workers_are_killed(
    nursery: Nursery, tmp_path: Path, empty_url: str
) -> None:
    assert run_together(tmp_path / "run", nursery, empty_url, seed=7, kills=3).breaches == []


# -- the checker ---------------------------------------------------------------------------------------------------


def test_the_checker_shares_nothing_with_the_program() -> None:
    tree = ast.parse(Path(proof.__file__).read_text("utf-8"))
    imported = [one.module or "" for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)]
    imported += [name.name for one in ast.walk(tree) if isinstance(one, ast.Import) for name in one.names]
    assert not [one for one in imported if one.partition(".")[0] in ("bot", "tests")]


def _sql(statement: str) -> Callable[[Evidence], Evidence]:
    def doctor(evidence: Evidence) -> Evidence:
        with closing(sqlite3.connect(evidence.ledger)) as ledger, ledger:
            assert ledger.execute(statement).rowcount == 1, statement
        return evidence

    return doctor


def _file_of(evidence: Evidence, kind: str) -> Path:
    return evidence.kept[next(one for one in evidence.posts if one.kind == kind).sha256]


def _lose_a_mail(evidence: Evidence) -> Evidence:
    _file_of(evidence, "form").unlink()
    return evidence


def _damage_a_file(evidence: Evidence) -> Evidence:
    with _file_of(evidence, "form").open("r+b") as file:
        file.write(b"X")
    return evidence


def _leave_in_inbox(evidence: Evidence) -> Evidence:
    return replace(evidence, boxes={**evidence.boxes, "INBOX": [evidence.posts[0].raw]})


def _expunge(evidence: Evidence) -> Evidence:
    gone = evidence.posts[0].raw
    boxes = {name: [raw for raw in raws if raw != gone] for name, raws in evidence.boxes.items()}
    return replace(evidence, boxes=boxes)


def _outside(evidence: Evidence) -> Sent:
    """Return a mail of ours of which there is one copy, and in whose window nobody died."""
    return next(one for one in evidence.taken if one.header("Message-ID") not in evidence.windows)


def _send_again(evidence: Evidence) -> Evidence:
    return replace(evidence, taken=(*evidence.taken, _outside(evidence)))


def _send_again_untold(evidence: Evidence) -> Evidence:
    again = _outside(evidence)
    own = frozenset({again.header("Message-ID")})
    return replace(evidence, taken=(*evidence.taken, again), windows=evidence.windows | own)


def _answer_differently(evidence: Evidence) -> Evidence:
    other = re.sub(rb"(?im)^(message-id: <)", rb"\1x", _outside(evidence).raw, count=1)
    return replace(evidence, taken=(*evidence.taken, Sent(("a@b.example",), other)))


def _never_answer(evidence: Evidence) -> Evidence:
    own = _outside(evidence)
    return replace(evidence, taken=tuple(one for one in evidence.taken if one is not own))


def _answer_a_machine(evidence: Evidence) -> Evidence:
    own, machine = _outside(evidence), next(one for one in evidence.posts if one.kind in proof.SILENT)
    asked = re.sub(rb"(?im)^in-reply-to:.*$", b"In-Reply-To: " + machine.message_id.encode(), own.raw, count=1)
    return replace(evidence, taken=tuple(Sent(one.to, asked) if one is own else one for one in evidence.taken))


def _leave_temporary(evidence: Evidence) -> Evidence:
    assert evidence.temporary is not None
    (evidence.temporary / "baocao-x").mkdir()
    return evidence


def _change_the_export(evidence: Evidence) -> Evidence:
    assert evidence.export is not None
    text = evidence.export.read_text("utf-8")
    changed = re.sub(r'"(\d+)\.(\d)', r'"\1.9\2', text, count=1)
    assert changed != text
    evidence.export.write_text(changed, "utf-8")
    return evidence


def _shorten_the_export(evidence: Evidence) -> Evidence:
    assert evidence.export is not None
    evidence.export.write_bytes(b"".join(evidence.export.read_bytes().splitlines(keepends=True)[:-1]))
    return evidence


def _tear_a_page(evidence: Evidence) -> Evidence:
    with closing(sqlite3.connect(evidence.ledger)) as ledger:
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = ledger.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_part_content'").fetchone()
        (size,) = ledger.execute("PRAGMA page_size").fetchone()
    with evidence.ledger.open("r+b") as file:
        file.seek((root - 1) * size + size - 200)
        file.write(b"\xff" * 200)
    return evidence


_A_FORM = "(SELECT min(message) FROM part WHERE verdict = 'accepted')"
_FACTS = """
ordinal, message, received_at, reporter, campaign, form, file, content, verdict, reason, detail, revision, late_days,
rows, table_sha256, earlier, errors, queries, explained, findings, nil
"""
_LETTER = "key, kind, message_id, recipients, subject, raw, created_at, due_at, tries, error"
_DOCTORED: dict[str, tuple[str, Callable[[Evidence], Evidence]]] = {
    "a mail is not in the vault": ("I1", _lose_a_mail),
    "a file holds something else": ("I7", _damage_a_file),
    "a mail is left in the inbox": ("I1", _leave_in_inbox),
    "a mail was expunged": ("I1", _expunge),
    "a mail is not in the ledger": (
        "I1",
        _sql(f"UPDATE message SET sha256 = 'x' || substr(sha256, 2) WHERE id = {_A_FORM}"),
    ),
    "a message is undecided": ("I2", _sql(f"UPDATE message SET state = 'received', outcome = '' WHERE id = {_A_FORM}")),
    "a state without its instant": ("I2", _sql(f"UPDATE message SET settled_at = NULL WHERE id = {_A_FORM}")),
    "a form is submitted twice": (
        "I2",
        _sql(
            f"INSERT INTO part ({_FACTS}) SELECT {_FACTS.replace(',', '+ 9,', 1)} FROM part WHERE message = {_A_FORM}"
        ),
    ),
    "a form is not submitted": ("I2", _sql(f"UPDATE part SET verdict = 'returned' WHERE message = {_A_FORM}")),
    "a second copy without a death": ("I3", _send_again),
    "a second copy that is told nowhere": ("I3", _send_again_untold),
    "two different answers": ("I3", _answer_differently),
    "no answer": ("I3", _never_answer),
    "sent and not noted": ("I3", _sql(f"UPDATE outbox SET sent_at = NULL WHERE message = {_A_FORM}")),
    "a machine is answered": ("I4", _answer_a_machine),
    "a machine is taken for a person": (
        "I4",
        _sql("UPDATE message SET outcome = 'held' WHERE id = (SELECT min(id) FROM message WHERE outcome = 'ignored')"),
    ),
    "a value of the export": ("I5", _change_the_export),
    "a row of the export": ("I5", _shorten_the_export),
    "somebody whom the digest misses": ("I6", _sql(f"UPDATE part SET form = 'I.2' WHERE message = {_A_FORM}")),
    "a second digest": (
        "I6",
        _sql(f"INSERT INTO outbox ({_LETTER}) SELECT 'x' || {_LETTER} FROM outbox WHERE kind = 'digest'"),
    ),
    "a table that nobody has": ("I7", _sql(f"UPDATE outbox SET raw = 'x' || raw WHERE message = {_A_FORM}")),
    "a row that points nowhere": ("I7", _sql(f"UPDATE outbox SET message = 99999 WHERE message = {_A_FORM}")),
    "a temporary folder": ("I7", _leave_temporary),
    "a torn page": ("I7", _tear_a_page),
}


@pytest.mark.parametrize("what", _DOCTORED)
def test_the_checker_sees(what: str, played: tuple[Run, Evidence], tmp_path: Path) -> None:
    _, evidence = played
    assert evidence.export is not None
    folder = evidence.export.parent
    shutil.copytree(folder, tmp_path / "copy")
    there = {name: tmp_path / "copy" / path.relative_to(folder) for name, path in (
        ("ledger", evidence.ledger), ("vault", evidence.vault), ("export", evidence.export),
        ("temporary", folder / "temporary"),
    )}  # fmt: skip
    copy = replace(evidence, **there)  # type: ignore[arg-type]
    invariant, doctor = _DOCTORED[what]
    seen = prove(replace(doctor(copy))).breaches
    assert invariant in {one.partition(":")[0] for one in seen}
