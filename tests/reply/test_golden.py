"""Each mail as a person reads it, beside its sample: ``pytest --accept`` writes, a person reviews."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.language import VIETNAM
from tests.reply.samples import (
    ALERT,
    DECISIONS,
    DIGEST,
    DIGEST_NOW,
    HEADING,
    NOW,
    OWED_1,
    OWED_34,
    RULEBOOK,
    SHA,
    WRITER,
    marked_copy,
    owed,
)
from tests.reply.wide import (
    AFTERWARDS,
    NGHE_AN,
    ON_TIME,
    OPEN_DIGEST,
    WIDE,
    WIDE_DECISIONS,
    WIDE_DIGEST,
    WIDE_STANDINGS,
    WIDE_WRITER,
)
from tests.reply.wide import owed as owed_of_many

if TYPE_CHECKING:
    from bot.model import Outgoing

LATE = datetime(2012, 7, 18, 8, 0, tzinfo=VIETNAM)
GOLDEN = Path(__file__).parent / "golden"


def _mails() -> dict[str, Outgoing]:
    mails = {
        case: WRITER.build_reply(decision, HEADING, SHA, decision.received_at) for case, decision in DECISIONS.items()
    }
    returned = DECISIONS["reply_returned_many"]
    mails["reply_returned_with_marked_copy"] = WRITER.build_reply(returned, HEADING, SHA, NOW, marked=[marked_copy()])
    campaign, reporter = RULEBOOK.campaigns[0], RULEBOOK.reporter("40")
    mails["reminder"] = WRITER.build_reminder(reporter, campaign, [OWED_1, OWED_34], "remind:c/40/3/2012-07-15", NOW)
    late = [owed("I.1", -3, "12-40-0031")]
    mails["reminder_overdue"] = WRITER.build_reminder(
        reporter,
        campaign,
        late,
        "remind:c/40/late",
        LATE,
        accepted=DIGEST.standings[3:4],
        blanks=[marked_copy("Bieu I.1.xlsx")],
    )
    mails["digest"] = WRITER.build_digest(DIGEST, ("vu@baocao.example",), DIGEST_NOW)
    for case, given in WIDE_DECISIONS.items():
        mails[case] = WIDE_WRITER.build_reply(given, HEADING, SHA, given.received_at)
    mails["reminder_many_forms"] = WIDE_WRITER.build_reminder(
        NGHE_AN,
        WIDE.campaigns[0],
        [one for one in owed_of_many(ON_TIME, "I.1", "I.2", returned={"I.4": "12-40-0031"}) if one.days_left == 2],
        "remind:c/40/1/2012-07-15",
        ON_TIME,
        accepted=[one for one in WIDE_STANDINGS if one.obligation.reporter == "40"][:2],
    )
    mails["digest_many_forms"] = WIDE_WRITER.build_digest(WIDE_DIGEST, ("vu@baocao.example",), AFTERWARDS)
    mails["digest_without_deadline"] = WIDE_WRITER.build_digest(OPEN_DIGEST, ("vu@baocao.example",), AFTERWARDS)
    mails["alert_operator"] = WRITER.build_alert(ALERT, ("truc@baocao.example",))
    return {case: mail for case, mail in mails.items() if mail is not None}


MAILS = _mails()


@pytest.mark.parametrize("case", MAILS)
def test_mail_reads_as_the_golden_files_say(case: str, accept: bool) -> None:
    mail, folder = MAILS[case], GOLDEN / case
    texts = {"subject.txt": mail.subject + "\n", "body.txt": mail.text, "body.html": mail.html}
    for name, text in texts.items():
        path = folder / name
        if accept:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.read_text("utf-8") == text, f"{case}/{name}"


def test_no_golden_folder_is_left_over(accept: bool) -> None:
    if accept:
        pytest.skip("the folders are being written")
    assert {path.name for path in GOLDEN.iterdir()} == set(MAILS)
