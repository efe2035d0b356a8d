"""For which campaign a form was sent, and which forms a sender probably sends."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.submission.campaign import find_campaign, likely_forms
from tests.check.small import CAMPAIGN, rulebook
from tests.check.test_campaigns import HALF_YEARLY

if TYPE_CHECKING:
    from bot.model import Rulebook

JULY = date(2026, 7, 3)


def found(title: str = "", coded: str = "", reporter: str = "40", day: date = JULY) -> str:
    book = rulebook(campaign=HALF_YEARLY)
    return find_campaign("thu/A", title, coded, reporter, book, day).id


@pytest.mark.parametrize(
    ("title", "campaign"),
    [
        ("BÁO CÁO TÌNH HÌNH CỤM CÔNG NGHIỆP\nKỳ báo cáo: 6 tháng đầu năm 2025", "thu.2025-6T"),
        ("Biểu A (6 tháng 2026)", "thu.2026-6T"),
        ("Báo cáo NĂM 2025", "thu.2025-N"),
        ("Báo cáo 6 tháng đầu năm 2026, so với năm 2025", "thu.2026-6T"),
    ],
)
def test_the_title_names_the_period(title: str, campaign: str) -> None:
    assert found(title) == campaign


def test_the_code_of_a_blank_says_the_period_where_the_title_does_not_name_another() -> None:
    assert found("BÁO CÁO", coded="thu.2025-N") == "thu.2025-N"
    assert found("năm 2025, so với 6 tháng 2026", coded="thu.2025-N") == "thu.2025-N"
    assert found("6 tháng đầu năm 2026", coded="thu.2025-N") == "thu.2026-6T", (
        "a blank of last time under a new heading"
    )
    assert found("năm 2025", coded="thu.1999-N") == "thu.2025-N"


def test_without_a_word_it_is_the_latest_round_under_way_in_which_the_sender_owes_the_form() -> None:
    assert found(day=JULY) == "thu.2026-6T"
    assert found(day=date(2026, 3, 1)) == "thu.2025-N"
    assert found(day=date(2026, 3, 20)) == "thu.2026-dx1", "asked for once, between the periods"
    assert found(day=date(2026, 3, 20), reporter="") == "thu.2026-dx1"


def test_before_the_first_and_after_the_last_round_the_nearest_is_taken() -> None:
    assert found(day=date(2020, 1, 1)) == "thu.2025-6T"
    assert found(day=date(2050, 1, 1)) == "thu.2026-N"


def test_a_campaign_that_does_not_recur_is_itself() -> None:
    book = rulebook()
    assert find_campaign("thu/A", "năm 2025", "x", "40", book, JULY).id == "thu"


def test_likely_is_what_the_sender_owes_now_else_what_it_ever_owed() -> None:
    book = rulebook(campaign=CAMPAIGN.replace("kind = 'tinh'", "code = '40'"))
    in_time, long_after = date(2012, 7, 1), date(2026, 1, 1)
    assert likely_forms("40", book, in_time) == likely_forms("40", book, long_after) == {"thu/A"}
    assert likely_forms("01", book, in_time) == set()
    assert likely_forms("", book, in_time) == {"thu/A"}
    assert likely_forms("40", book, date(2000, 1, 1)) == set()


def test_a_period_lends_its_forms_the_name_of_the_series() -> None:
    book: Rulebook = rulebook(campaign=HALF_YEARLY)
    assert likely_forms("40", book, JULY) == {"thu/A"}
