"""A mailbox collects the campaigns it is meant for, and names a form that belongs elsewhere."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.adapters.content import read_rules
from bot.model import Outcome, RefusalReason, Rulebook
from bot.runners.rulebook import load_followed
from tests.fixtures.office import mail_with, office_at
from tests.fixtures.workbooks import make_projects_workbook

if TYPE_CHECKING:
    from pathlib import Path

RULES = read_rules(None)


def test_only_what_the_mailbox_collects_is_owed_and_under_way() -> None:
    book = load_followed(RULES, None, ["2022-ccn-nd68"])
    assert isinstance(book, Rulebook)
    assert {one.campaign for one in book.obligations} == {"2022-ccn-nd68"}
    assert [one.id for one in book.under_way(date(2012, 7, 1))] == []
    assert [one.id for one in book.under_way(date(2022, 5, 1))] == ["2022-ccn-nd68"]
    assert book.form("2012-kkt-kcn/III.4").id == "III.4", "the forms of the others stay known"


def test_without_a_choice_all_campaigns_are_collected() -> None:
    book = load_followed(RULES, None, ())
    assert isinstance(book, Rulebook)
    assert {one.family for one in book.campaigns if one.followed} == {
        "2012-kkt-kcn",
        "2012-ccn-qd105",
        "2022-ccn-nd68",
        "ccn-dinh-ky",
    }


def test_a_campaign_that_is_not_there_is_told() -> None:
    found = load_followed(RULES, None, ["2012-kkt"])
    assert isinstance(found, tuple)
    assert str(found[0]).startswith("cấu hình: [ministry] campaigns nêu đợt không có trong rules/: 2012-kkt; có: 2012-")


def test_a_form_of_another_ministrys_campaign_is_named_and_not_judged(tmp_path: Path) -> None:
    with office_at(tmp_path, campaigns=["2022-ccn-nd68"]) as office:
        shown = office.settle(mail_with(make_projects_workbook(3), 1))
    (part,) = shown.parts
    assert (part.verdict, part.reason) == (Outcome.REFUSED, RefusalReason.OTHER_MINISTRY)
    assert part.detail == "Biểu III.4 (Bộ Kế hoạch và Đầu tư)"
    assert [one.kind for one in shown.mails] == ["refuse_other_ministry"]
