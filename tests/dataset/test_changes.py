"""What has changed in the rows since the revision before, however they were shuffled."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.check.sentences import written
from bot.check.sql import connect
from bot.dataset.changes import NAMED, changes_between
from bot.model import CellChange, Changes, RowChange
from tests.check.small import rulebook, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORM = rulebook().forms[0]
DATABASE = connect()


def row(name: str | None, area: float | None = None, **cells: object) -> dict[str, object]:
    return {"ten": name, "dien_tich": area, **cells}


def changes(before: Sequence[Mapping[str, object]], after: Sequence[Mapping[str, object]]) -> Changes:
    old, new = (table(FORM, *rows).data for rows in (before, after))
    return changes_between(DATABASE, FORM, old, new, written)


def counts(found: Changes) -> tuple[int, int, int]:
    return found.added_count, found.removed_count, found.changed_count


def test_rows_that_came_went_and_changed_are_named_with_their_most_telling_value() -> None:
    before = [row("Nam Cấm", 120.0, cho_thue=100.0), row("Bắc Vinh", 60.0, nam=2004), row("Thọ Lộc", 5.0)]
    after = [row("Hoàng Mai", 20.0), row("Bắc Vinh", 60.0, nam=2005), row("NAM CAM ", 119.0, cho_thue=80.0)]
    found = changes(before, after)
    assert (found.added, found.removed) == (("Hoàng Mai",), ("Thọ Lộc",))
    assert found.changed == (
        RowChange("NAM CAM ", CellChange("Đã cho thuê", "ha", "100", "80")),
        RowChange("Bắc Vinh", CellChange("Năm", "", "2004", "2005")),
    )
    assert found.sums == (
        CellChange("Đã cho thuê", "ha", "100", "80"),
        CellChange("Diện tích", "ha", "185", "199"),
    )


def test_a_new_order_and_new_running_numbers_change_nothing() -> None:
    rows = [row("A", 1.0, tt="1"), row("B", 2.0, tt="2"), row("C", 3.0, tt="3")]
    again = [row("C", 3.0, tt="1"), row("A", 1.0, tt="2"), row("B", 2.0, tt="3")]
    found = changes(rows, again)
    assert found == Changes()
    assert not found


def test_equal_keys_and_rows_without_one_are_matched_in_their_order() -> None:
    before = [row(None, 1.0), row(None, 2.0), row("A", 3.0), row("A", 4.0)]
    after = [row(None, 1.0), row(None, 2.5), row("A", 3.5), row("A", 4.0), row("A", 9.0)]
    assert counts(changes(before, after)) == (1, 0, 2)


def test_a_row_that_is_there_twice_is_added_once() -> None:
    assert counts(changes([row("A", 1.0)], [row("A", 1.0), row("A", 1.0)])) == (1, 0, 0)
    assert counts(changes([row("A", 1.0)] * 3, [row("A", 1.0)])) == (0, 2, 0)


def test_what_was_empty_tells_less_than_what_had_a_value() -> None:
    (found,) = changes([row("A", None, nhom="x")], [row("A", 7.0, nhom="y")]).changed
    assert found.cell == CellChange("Nhóm", "", "x", "y")
    (filled,) = changes([row("A", None)], [row("A", 7.0)]).changed
    assert filled.cell == CellChange("Diện tích", "ha", "ô trống", "7")


@pytest.mark.parametrize(("before", "after"), [([], [row("A", 1.0)]), ([row("A", 1.0)], []), ([], [])])
def test_a_table_without_rows_can_be_compared(before: list[dict[str, object]], after: list[dict[str, object]]) -> None:
    assert counts(changes(before, after)) == (len(after), len(before), 0)


def test_of_many_rows_some_are_named_and_all_are_counted() -> None:
    before, after = [row(f"A{n}", 1.0) for n in range(20)], [row(f"A{n}", 2.0) for n in range(5, 30)]
    found = changes(before, after)
    assert counts(found) == (10, 5, 15)
    assert (len(found.added), len(found.removed), len(found.changed)) == (NAMED, NAMED, NAMED)


_THINGS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3)), max_size=10)


@given(before=_THINGS, after=_THINGS)
def test_the_counts_are_those_of_the_differences_of_both(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    names = Counter(name for name, _ in gone.elements()) & Counter(name for name, _ in come.elements())
    changed = names.total()
    found = changes(*([row(name, float(area)) for name, area in rows] for rows in (before, after)))
    assert counts(found) == (come.total() - changed, gone.total() - changed, changed)


def test_nothing_is_left_in_the_engine() -> None:
    changes([row("A", 1.0)], [row("B", 1.0)])
    assert DATABASE.execute("SHOW TABLES").fetchall() == []
