"""Messages, decisions and mails to put into a ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bot.adapters.ledger import Arrival, Ledger, Mailbox
from bot.model import (
    Decision,
    Finding,
    Heading,
    Mail,
    Obligation,
    Outcome,
    Part,
    Place,
    Settlement,
    Severity,
    SheetPlace,
)

NOW = datetime(2012, 7, 12, 1, 30, tzinfo=UTC)
INBOX = Mailbox("bot@mpi.example@imap.mpi.example:993", "INBOX", 4_000_000_000)
CAMPAIGN = "2012-kkt-kcn"


def hash_of(text: str) -> str:
    """Return a SHA-256 that no file needs to have."""
    return sha256(text.encode()).hexdigest()


def minutes(count: int) -> timedelta:
    """Return that many minutes."""
    return timedelta(minutes=count)


def arrive(ledger: Ledger, *names: str, at: datetime = NOW, uid: int = 1, registered: bool = True) -> list[int]:
    """Receive one message for each name, with rising uids from *uid*; return their numbers."""
    arrivals = [
        Arrival(uid + offset, hash_of(name), 1000, at, registered=registered) for offset, name in enumerate(names)
    ]
    ledger.receive(INBOX, arrivals, at)
    waiting = {one.sha256: one.id for one in ledger.undecided(at + timedelta(days=900), 10_000)}
    return [waiting[hash_of(name)] for name in names]


def finding(cell: str = "J14", severity: Severity = Severity.ERROR, rule: str = "thieu_gia_tri") -> Finding:
    """Return a finding about that cell."""
    place = Place("Biểu III.4", cell, int(cell[1:]), "Vốn đăng ký")
    return Finding(rule, severity, "Thiếu giá trị", f"Ô {cell} để trống", "Ghi số liệu", place, "GCN-01", "—")


def part(
    verdict: Outcome = Outcome.ACCEPTED,
    *findings: Finding,
    form: str = "III.4",
    revision: int = 1,
    late_days: int = 0,
    content: str = "workbook",
) -> Part:
    """Return a part with twelve rows."""
    return Part(
        file="Biểu III.4.xlsx",
        content=hash_of(content),
        verdict=verdict,
        campaign=CAMPAIGN,
        form=form,
        revision=revision,
        late_days=late_days,
        sheets=(SheetPlace("Biểu III.4", {"von": "J"}, 8, 12),),
        findings=findings,
        table=hash_of("table"),
    )


def mail(key: str = "reply:1", kind: str = "reply_accepted", to: str = "bql@nghean.example") -> Mail:
    """Return a mail of ours."""
    return Mail(key, kind, f"<{key}@mpi.example>", (to, "vp@nghean.example"), "Đã nhận báo cáo", b"raw " + key.encode())


def raws(*mails: Mail) -> dict[str, str]:
    """Return under which hash the bytes of each mail lie."""
    return {one.key: sha256(one.raw).hexdigest() for one in mails}


def settlement(
    *parts: Part,
    outcome: Outcome = Outcome.ACCEPTED,
    receipt: str = "NA-0001",
    at: datetime = NOW,
    reporter: str = "nghe_an",
    sender: str = "bql@nghean.example",
    mails: tuple[Mail, ...] = (),
    why: str = "",
) -> Settlement:
    """Return a settlement received at *at*."""
    decision = Decision(
        outcome=outcome,
        receipt=receipt,
        received_at=at,
        rules=hash_of("rules"),
        reporter=reporter,
        campaign=CAMPAIGN,
        why=why,
        parts=parts,
        documents=("Công văn.pdf",),
    )
    heading = Heading(sender, "Ban quản lý KKT Đông Nam", "Báo cáo KKT", "<1@nghean.example>")
    return Settlement(decision, heading, mails)


def settle_new(ledger: Ledger, receipt: str, given: Settlement, uid: int = 1, now: datetime | None = None) -> int:
    """Receive a message named after its receipt and settle it; return its number."""
    (number,) = arrive(ledger, receipt, at=given.decision.received_at, uid=uid)
    assert ledger.settle(number, given, raws(*given.mails), now or given.decision.received_at)
    return number


def obligation(form: str = "III.4", reporter: str = "nghe_an") -> Obligation:
    """Return that a reporter owes a form."""
    return Obligation(CAMPAIGN, form, reporter, None)
