"""The blanks that a mail carries: which, in what order, and with which rows they begin."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from bot.adapters.content import read_templates
from bot.check.examples import table_of
from bot.dataset.keep import parquet_of
from bot.language import VIETNAM
from bot.model import Campaign, History, Outcome, Rulebook, Settled, Table, Unreadable
from bot.runners.blank import MOST_BLANKS, MOST_EARLIER, BlankMaker
from bot.sheet.code import read_code
from tests.reply.blanks import BOOK, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEMPLATES = read_templates(None)
NGHE_AN = BOOK.reporter("40")
III_4 = ("2012-kkt-kcn", "III.4")
MAKER = BlankMaker(BOOK, TEMPLATES)


def kept(
    folder: Path, campaign: str, form: str, rows: Sequence[dict[str, object]], *, book: Rulebook = BOOK
) -> tuple[Settled, Path]:
    """Return an accepted part with these rows, and its table's file."""
    data = parquet_of(table_of(book.form(f"{campaign}/{form}"), rows))
    name = hashlib.sha256(data).hexdigest()
    (folder / name).write_bytes(data)
    settled = Settled(campaign, form, Outcome.ACCEPTED, 1, "", "", datetime(2012, 7, 9, tzinfo=VIETNAM), table=name)
    return settled, folder / name


def history_of(*parts: tuple[Settled, Path]) -> History:
    return History(tuple(one for one, _ in parts), {one.table: path for one, path in parts})


def round_of(period: str) -> Campaign:
    return BOOK.campaign(f"ccn-dinh-ky.{period}")


def test_blanks_come_in_the_order_asked_for_each_once_and_narratives_have_none() -> None:
    wanted = [III_4, ("2012-kkt-kcn", "BC-I"), ("2012-kkt-kcn", "I.1"), III_4]
    made = MAKER.enclose(wanted, NGHE_AN, History())
    assert [one.name for one in made] == ["Bieu-III.4-Nghe-An.xlsx", "Bieu-I.1-Nghe-An.xlsx"]
    codes = [read_code(one.data) for one in made]
    assert [(code.form, code.reporter) for code in codes if code] == [
        ("2012-kkt-kcn/III.4", "40"),
        ("2012-kkt-kcn/I.1", "40"),
    ]


def test_nothing_asked_for_is_nothing() -> None:
    assert MAKER.enclose([("2012-kkt-kcn", "BC-I")], NGHE_AN, History()) == ()


def test_a_mail_carries_a_bounded_number_and_two_forms_of_one_name_keep_apart() -> None:
    owed = [(one.id, form) for one in BOOK.campaigns if one.opened < date(2026, 1, 1) for form in one.forms]
    assert len(owed) > MOST_BLANKS
    made = MAKER.enclose([("2022-ccn-nd68", "DM"), ("2012-ccn-qd105", "DM"), *owed], NGHE_AN, History())
    assert len({one.name for one in made}) == MOST_BLANKS
    assert [one.name for one in made[:2]] == ["Bieu-DM-Nghe-An.xlsx", "2-Bieu-DM-Nghe-An.xlsx"]


def test_the_period_stands_in_the_name_of_the_file() -> None:
    made = MAKER.enclose([("ccn-dinh-ky.2026-6T", "B04")], NGHE_AN, History())
    assert [one.name for one in made] == ["Bieu-B04-2026-6T-Nghe-An.xlsx"]


def test_a_blank_of_the_same_campaign_begins_with_all_that_was_accepted(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"dien_tich_thue_ha": number} for number in (1, 2, 3)]
    history = history_of(kept(tmp_path, *III_4, rows))
    (made,) = MAKER.enclose([III_4], NGHE_AN, history)
    table = read(made.data)
    assert isinstance(table, Table)
    assert [int(value) for value in table.data["dien_tich_thue_ha"].to_pylist()] == [1, 2, 3]
    returned = replace(history, settled=tuple(replace(one, verdict=Outcome.RETURNED) for one in history.settled))
    (made,) = MAKER.enclose([III_4], NGHE_AN, returned)
    assert isinstance(read(made.data), Unreadable)


def test_of_an_earlier_period_names_and_codes_are_taken_over_and_no_figure(tmp_path: Path) -> None:
    form = BOOK.form("ccn-dinh-ky/DM")
    history = history_of(kept(tmp_path, round_of("2025-N").id, "DM", [{}, {}]))
    (made,) = MAKER.enclose([(round_of("2026-6T").id, "DM")], NGHE_AN, history)
    table = read(made.data)
    assert isinstance(table, Table)
    given = {column.key for column in form.columns if table.data[column.key].null_count == 0}
    assert set(form.row_key) <= given
    assert not [column.key for column in form.columns if column.is_figure and column.key in given]
    # A later period is no earlier one, and says nothing about its past.
    (made,) = MAKER.enclose([(round_of("2025-6T").id, "DM")], NGHE_AN, history)
    assert isinstance(read(made.data), Unreadable)


def test_a_list_of_indicators_begins_empty_in_a_new_period(tmp_path: Path) -> None:
    history = history_of(kept(tmp_path, round_of("2025-N").id, "B04", [{}]))
    same, new = (
        MAKER.enclose([(round_of(period).id, "B04")], NGHE_AN, history)[0].data for period in ("2025-N", "2026-6T")
    )
    assert isinstance(read(same), Table)
    assert isinstance(read(new), Unreadable)


@pytest.mark.parametrize(("rows", "begun"), [(MOST_EARLIER, True), (MOST_EARLIER + 1, False)])
def test_who_keeps_very_many_rows_gets_an_empty_one(tmp_path: Path, rows: int, *, begun: bool) -> None:
    history = history_of(kept(tmp_path, "2012-kkt-kcn", "I.2", [{}] * rows))
    (made,) = MAKER.enclose([("2012-kkt-kcn", "I.2")], NGHE_AN, history)
    assert isinstance(read(made.data), Table) is begun
