"""A table as the bytes that the vault keeps."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.dataset.keep import parquet_of
from bot.model import Rulebook, Table, Unreadable
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, read_workbook
from tests.fixtures.workbooks import make_projects_workbook


@pytest.fixture(scope="module")
def table() -> Table:
    rulebook = load_rulebook(read_rules(None))
    assert isinstance(rulebook, Rulebook)
    book = read_workbook(make_projects_workbook(12), Limits())
    assert not isinstance(book, Unreadable)
    matches = identify(book, Vocabulary.of(rulebook.forms))
    assert not isinstance(matches, Unreadable)
    read = read_table(book, matches[0])
    assert not isinstance(read, Unreadable)
    return read[0]


def test_a_kept_table_is_read_back_as_it_was(table: Table) -> None:
    kept = pq.read_table(io.BytesIO(parquet_of(table)))
    assert kept.num_rows == 12
    assert kept.equals(table.data)


def test_a_kept_table_says_of_which_form_it_is_and_where_it_stood(table: Table) -> None:
    metadata = pq.read_schema(io.BytesIO(parquet_of(table))).metadata
    assert metadata[b"form"].decode() == table.form
    assert metadata[b"sheets"].decode().splitlines() == [place.name for place in table.sheets]


def test_the_same_table_gives_the_same_bytes(table: Table) -> None:
    assert parquet_of(table) == parquet_of(table)
