"""Many forms are named in few words, and none of them is taken for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.model import Outline, Period
from bot.preview.campaign import CAMPAIGN
from bot.preview.wide import FORMS, WIDE
from bot.reply.names import name_form, name_forms, title_of


@pytest.mark.parametrize(
    ("forms", "said"),
    [
        ([], ""),
        (["I.1"], "Biểu I.1"),
        (["I.1", "I.2"], "Biểu I.1, I.2"),
        (["I.1", "I.2", "I.3"], "Biểu I.1–I.3"),
        (["I.1", "I.3", "I.4"], "Biểu I.1, I.3, I.4"),
        (["I.4", "III.1", "III.2", "III.3"], "Biểu I.4, III.1–III.3"),
        (["I.1", "II.1-VB", "II.3-VB"], "Biểu I.1, Biểu II.1, II.3 (ven biển)"),
        (
            ["II.1-VB", "II.2-VB", "II.3-VB", "II.1-CK", "III.4"],
            "Biểu II.1–II.3 (ven biển), Biểu II.1 (cửa khẩu), Biểu III.4",
        ),
        (["I.2", "I.2"], "Biểu I.2"),
        (["I.2", "XX"], "Biểu I.2, XX"),
    ],
)
def test_forms_are_named_together(forms: list[str], said: str) -> None:
    assert name_forms(WIDE, [(CAMPAIGN, form) for form in forms]) == said


def test_twenty_forms_are_four_stretches() -> None:
    said = name_forms(WIDE, [(CAMPAIGN, form) for form in FORMS])
    assert said == "Biểu I.1–I.4, Biểu II.1–II.6 (ven biển), Biểu II.1–II.6 (cửa khẩu), Biểu III.1–III.4"


def test_two_forms_of_one_number_are_told_apart_by_their_zone() -> None:
    assert name_form(WIDE, CAMPAIGN, "II.3-VB") == "Biểu II.3 (ven biển)"
    assert name_form(WIDE, CAMPAIGN, "II.3-CK") == "Biểu II.3 (cửa khẩu)"
    assert name_form(WIDE, CAMPAIGN, "I.3") == "Biểu I.3"


def test_a_form_that_the_rules_have_lost_is_named_by_its_id() -> None:
    assert name_form(WIDE, CAMPAIGN, "IV.9") == "IV.9"
    assert name_form(WIDE, "khac", "IV.9") == "IV.9"


def test_a_period_of_a_recurring_campaign_has_the_forms_of_its_series() -> None:
    period = replace(
        WIDE.campaigns[0],
        id="dinh-ky.2012-6T",
        series=CAMPAIGN,
        period=Period("2012-6T", "6 tháng đầu năm 2012", date(2012, 1, 1), date(2012, 6, 30)),
    )
    rules = replace(WIDE, campaigns=(*WIDE.campaigns, period))
    assert name_forms(rules, [(period.id, "I.1"), (period.id, "II.1-CK")]) == "Biểu I.1, Biểu II.1 (cửa khẩu)"


def test_a_narrative_is_named_by_its_title() -> None:
    outline = Outline("BC-I", "Báo cáo rà soát quy hoạch KCN", "", ())
    rules = replace(WIDE, campaigns=(replace(WIDE.campaigns[0], outlines=(outline,)),))
    assert title_of(rules, CAMPAIGN, "BC-I") == "Báo cáo rà soát quy hoạch KCN"
    assert name_forms(rules, [(CAMPAIGN, "I.1"), (CAMPAIGN, "BC-I")]) == "Biểu I.1, Báo cáo rà soát quy hoạch KCN"
