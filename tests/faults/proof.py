"""The independent checker: what a campaign left behind, against the invariants I1 to I7 of the test plan.

It reads the database by plain SQL, the files by their bytes, and what the servers were given. Nothing of the program is
imported here, so that a mistake of the program cannot hide itself.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from pyarrow import parquet
from python_calamine import CalamineWorkbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ANSWERED = frozenset({"form", "bad form", "words"})
SILENT = frozenset({"machine", "bounce"})
_CONTRADICTIONS = """
SELECT id, state, outcome FROM message WHERE NOT (
    (state = 'settled' AND outcome NOT IN ('', 'failed') AND settled_at IS NOT NULL)
    OR (state = 'aside' AND outcome = 'failed' AND settled_at IS NOT NULL))
"""
_TWICE = """
SELECT reporter, campaign, form, revision, count(*) FROM part
WHERE form <> '' AND verdict = 'accepted' GROUP BY 1, 2, 3, 4 HAVING count(*) > 1
"""
_COUNTING = """
SELECT reporter, table_sha256, rows FROM part AS one WHERE verdict = 'accepted' AND form = 'I.1' AND NOT EXISTS (
    SELECT 1 FROM part AS later WHERE later.verdict = 'accepted' AND later.form = one.form
    AND later.campaign = one.campaign AND later.reporter = one.reporter
    AND (later.received_at, later.message, later.ordinal) > (one.received_at, one.message, one.ordinal))
"""
_NAMED = """
SELECT sha256 FROM message WHERE dropped_at IS NULL UNION SELECT raw FROM outbox
UNION SELECT table_sha256 FROM part WHERE table_sha256 <> ''
"""
_TEMPORARY = "tmp"
_DECIMAL = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Mail:
    """What was put into the inbox."""

    kind: str
    raw: bytes = field(repr=False)
    message_id: str
    reporter: str = ""

    @property
    def sha256(self) -> str:
        return sha256(self.raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Sent:
    """What the server that sends has taken, in the order of time."""

    to: tuple[str, ...]
    raw: bytes = field(repr=False)

    def header(self, name: str) -> str:
        return str(message_from_bytes(self.raw)[name] or "").strip()


@dataclass(frozen=True)
class Evidence:
    """All that is looked at."""

    posts: tuple[Mail, ...]
    taken: tuple[Sent, ...]
    boxes: Mapping[str, list[bytes]]
    windows: frozenset[str]
    """Message-IDs that lay between the final dot and its note when a daemon died."""
    ledger: Path
    vault: Path
    log: str
    export: Path | None = None
    """Form I.1 of all reporters, as CSV."""
    temporary: Path | None = None
    """What was to the daemons the system's folder of temporary files."""

    @cached_property
    def kept(self) -> dict[str, Path]:
        """Return the files of the vault by the hash of what is really in them."""
        files = (one for one in self.vault.rglob("*") if one.is_file() and one.parent.name != _TEMPORARY)
        return {sha256(one.read_bytes()).hexdigest(): one for one in files}

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(self.ledger)) as ledger:
            return ledger.execute(question).fetchall()


@dataclass(slots=True)
class Proof:
    """What was found."""

    breaches: list[str]
    copies: int = 0
    """Mails that went out once more, with the same Message-ID, in the window."""
    left_over: int = 0
    """Files of ours that nothing names."""


def prove(evidence: Evidence) -> Proof:
    """Look at everything; return what breaks, and the figures of what may be."""
    proof = Proof([])
    try:
        proof.left_over, proof.breaches = _i7_sound(evidence)
        proof.breaches += [*_i1_nothing_is_lost(evidence), *_i2_one_final_state(evidence)]
        proof.copies, breaches = _i3_answered_once(evidence)
        proof.breaches += [*breaches, *_i4_silence(evidence), *_i5_the_export(evidence)]
        proof.breaches += _i6_the_digest(evidence)
    except sqlite3.DatabaseError as problem:
        proof.breaches.append(f"I7: {problem}")
    return proof


def _i1_nothing_is_lost(evidence: Evidence) -> Iterator[str]:
    known = {str(row[0]) for row in evidence.ask("SELECT sha256 FROM message")}
    at_the_server = Counter(sha256(raw).hexdigest() for raws in evidence.boxes.values() for raw in raws)
    for name, raws in evidence.boxes.items():
        if name.upper() == "INBOX" and raws:
            yield f"I1: {len(raws)} mails are left in the inbox"
    for post in evidence.posts:
        if post.sha256 not in evidence.kept:
            yield f"I1: {post.message_id} is not in the vault"
        if post.sha256 not in known:
            yield f"I1: {post.message_id} is not in the ledger"
        if not at_the_server[post.sha256]:
            yield f"I1: {post.message_id} is in no folder any more"
        elif at_the_server[post.sha256] > 1:
            yield f"I1: {post.message_id} lies {at_the_server[post.sha256]} times at the server"


def _i2_one_final_state(evidence: Evidence) -> Iterator[str]:
    posted = {post.sha256 for post in evidence.posts}
    for number, state, outcome in evidence.ask(_CONTRADICTIONS):
        yield f"I2: message {number} is {state!r} with the outcome {outcome!r}"
    for known, count in evidence.ask("SELECT sha256, count(*) FROM message GROUP BY 1"):
        if count != 1 or known not in posted:
            yield f"I2: {count} messages of the mail {known}, which was {'' if known in posted else 'not '}posted"
    for reporter, campaign, form, revision, count in evidence.ask(_TWICE):
        yield f"I2: {count} submissions number {revision} of {reporter} for {campaign}/{form}"
    accepted = {str(row[0]): row[1] for row in evidence.ask(_ACCEPTED)}
    for post in evidence.posts:
        wanted = int(post.kind == "form")
        if accepted.get(post.sha256, 0) != wanted:
            yield f"I2: {accepted.get(post.sha256, 0)} accepted forms out of {post.message_id}, which has {wanted}"


_ACCEPTED = """
SELECT message.sha256, count(*) FROM message JOIN part ON part.message = message.id
WHERE part.verdict = 'accepted' GROUP BY 1
"""


def _i3_answered_once(evidence: Evidence) -> tuple[int, list[str]]:
    """Compare what the server took with the outbox; return the copies in the window, and what breaks."""
    breaches, copies = [], 0
    taken = Counter(one.header("Message-ID") for one in evidence.taken)
    outbox = evidence.ask("SELECT message_id, coalesce(message, -1), kind, sent_at IS NOT NULL, key FROM outbox")
    of_row = {str(row[0]): row for row in outbox}
    breaches += [f"I3: {one} was sent, and is in no outbox" for one in taken if one not in of_row]
    by_deed: dict[tuple[object, object], set[str]] = defaultdict(set)
    for own, message, kind, sent, key in outbox:
        if message != -1:
            by_deed[message, kind].add(str(own))
        if bool(sent) != bool(taken[str(own)]):
            breaches.append(
                f"I3: {key} is {'' if sent else 'not '}noted as sent, and was taken {taken[str(own)]} times"
            )
    breaches += [f"I3: {len(ids)} different mails of the kind {kind} to message {message}"
                 for (message, kind), ids in by_deed.items() if len(ids) > 1]  # fmt: skip
    for own, count in taken.items():
        if count == 1:
            continue
        copies += count - 1
        if own not in evidence.windows:
            breaches.append(f"I3: {own} was taken {count} times, and no death lay in its window")
        elif not _is_told(evidence.log, own):
            breaches.append(f"I3: {own} was taken {count} times, and the log does not say so")
    return copies, [*breaches, *_unanswered(evidence)]


def _is_told(log: str, own: str) -> bool:
    return any("possibly sent twice" in line and own in line for line in log.splitlines())


def _unanswered(evidence: Evidence) -> Iterator[str]:
    answers: dict[str, set[str]] = defaultdict(set)
    for one in evidence.taken:
        answers[one.header("In-Reply-To")].add(one.header("Message-ID"))
    for post in evidence.posts:
        if post.kind in ANSWERED and len(answers[post.message_id]) != 1:
            yield f"I3: {len(answers[post.message_id])} different answers to {post.message_id}"


def _i4_silence(evidence: Evidence) -> Iterator[str]:
    answered = Counter(one.header("In-Reply-To") for one in evidence.taken)
    silent = {post.sha256: post.message_id for post in evidence.posts if post.kind in SILENT}
    for own in silent.values():
        if answered[own]:
            yield f"I4: {own} is of a machine, and was answered {answered[own]} times"
    for known, outcome in evidence.ask("SELECT sha256, outcome FROM message"):
        if (known in silent) != (outcome == "ignored"):
            yield f"I4: {silent.get(str(known), known)} has the outcome {outcome!r}"


def _i5_the_export(evidence: Evidence) -> Iterator[str]:
    """Fold what was accepted by hand, and compare each row that counts with the export, value by value."""
    if evidence.export is None:
        return
    with evidence.export.open(encoding="utf-8-sig", newline="") as file:
        found = [[_plain(cell) for cell in row] for row in csv.reader(file)][1:]
    wanted: list[Counter[str]] = []
    for reporter, table, rows in evidence.ask(_COUNTING):
        path = evidence.kept.get(str(table))
        if path is None:
            yield f"I5: the table of {reporter} is not in the vault"
            continue
        lines = [_values(line) for line in parquet.read_table(path).to_pylist()]
        if len(lines) != rows:
            yield f"I5: the table of {reporter} has {len(lines)} rows instead of {rows}"
        wanted += lines
    if len(found) != len(wanted):
        yield f"I5: the export has {len(found)} rows, what was accepted has {len(wanted)}"
        return
    left = [Counter(row) for row in found]
    for one in wanted:
        row = next((row for row in left if not one - row), None)
        if row is None:
            yield f"I5: a row that was accepted is not in the export: {sorted(one)[:4]}"
            return
        left.remove(row)


def _values(line: Mapping[str, object]) -> Counter[str]:
    """Return what a row says, however it is written down; where it stood in its file is not told as it is kept."""
    return Counter(_plain(str(value)) for key, value in line.items() if value is not None and key[0] != "_")


def _plain(cell: str) -> str:
    text = cell.removeprefix("'").strip()
    return text.rstrip("0").rstrip(".") if "." in text and _DECIMAL.fullmatch(text) else text


def _i6_the_digest(evidence: Evidence) -> Iterator[str]:
    """Compare whose form I.1 the digest misses, and how much it has of whom, with what was accepted."""
    rows = evidence.ask("SELECT message_id, key FROM outbox WHERE kind = 'digest'")
    if evidence.export is None or not rows:
        return
    if len(rows) != 1:
        yield f"I6: {len(rows)} digests of one week: {sorted(str(key) for _, key in rows)}"
    sent = [one for one in evidence.taken if one.header("Message-ID") == str(rows[0][0])]
    if not sent:
        yield "I6: the digest was not sent"
        return
    book = CalamineWorkbook.from_filelike(io.BytesIO(_workbook(sent[0])))
    missing = {str(row[1]) for row in _lines(book, "Còn thiếu") if str(row[2]).startswith("Biểu I.1.")}
    done = {str(row[1]): row[5] for row in _lines(book, "Liên hệ")}
    with evidence.export.open(encoding="utf-8-sig", newline="") as file:
        names = {row[0]: row[1] for row in csv.reader(file)}
    accepted = {names.get(str(code), str(code)) for code, *_ in evidence.ask(_COUNTING)}
    if missing != set(done) - accepted:
        yield f"I6: the digest is wrong about {sorted(missing ^ (set(done) - accepted))}"
    if wrong := {name for name, count in done.items() if count != int(name in accepted)}:
        yield f"I6: the digest counts the forms of {sorted(wrong)} wrongly"


def _lines(book: CalamineWorkbook, page: str) -> list[list[object]]:
    """Return the rows of a page without its titles."""
    return [list(row) for row in book.get_sheet_by_name(page).to_python()[1:]]


def _workbook(sent: Sent) -> bytes:
    parts = message_from_bytes(sent.raw).walk()
    (found,) = (one.get_payload(decode=True) for one in parts if str(one.get_filename()).endswith(".xlsx"))
    return bytes(found)


def _i7_sound(evidence: Evidence) -> tuple[int, list[str]]:
    """Return how many files of ours nothing names, and what is damaged, missing or strange."""
    breaches = [f"I7: {row[0]}" for row in evidence.ask("PRAGMA integrity_check") if row[0] != "ok"]
    breaches += [f"I7: a row of {row[0]} points nowhere" for row in evidence.ask("PRAGMA foreign_key_check")]
    named = {str(row[0]) for row in evidence.ask(_NAMED)}
    breaches += [f"I7: the ledger names {one}, which is not in the vault" for one in sorted(named - set(evidence.kept))]
    for known, path in evidence.kept.items():
        if path.parent.name + path.name != known:
            breaches.append(f"I7: the file {path.parent.name}{path.name} holds something else")
    left = [] if evidence.temporary is None else sorted(one.name for one in evidence.temporary.iterdir())
    breaches += [f"I7: {name} is left in the folder of temporary files" for name in left]
    strays = set(evidence.kept) - named
    posted = {post.sha256 for post in evidence.posts}
    breaches += [f"I7: the mail {one} is in the vault, and nothing names it" for one in sorted(strays & posted)]
    return len(strays), breaches
