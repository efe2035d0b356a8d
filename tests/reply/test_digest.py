"""The digest's pictures and workbook: what a minister opens must open, and say what the mail says."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from PIL import Image

from bot.language import VIETNAM
from bot.preview.campaign import CAMPAIGN
from bot.preview.wide import AFTERWARDS, WIDE, WIDE_DIGEST, WIDE_STANDINGS
from bot.reply.board_lines import Curve, Tile
from bot.reply.digest import BURN_UP, TILES, WORDS, DigestFacts, Frequent, Said
from bot.reply.digest_charts import draw_burn_up, draw_tiles
from bot.reply.lines import Due
from bot.reply.write import Writer
from tests.reply.writers import RENDERER

if TYPE_CHECKING:
    from bot.model import Enclosure

WIDE_WRITER = Writer(RENDERER, WIDE)
PHRASES = RENDERER.phrasebook(WORDS)
BEGIN, TODAY = date(2012, 6, 20), date(2012, 7, 23)


def enclosed(facts: DigestFacts = WIDE_DIGEST) -> dict[str, Enclosure]:
    mail = WIDE_WRITER.build_digest(facts, ("vu@baocao.example",), AFTERWARDS)
    return {one.content_id or one.name: one for one in mail.enclosures}


def sheets(facts: DigestFacts = WIDE_DIGEST) -> dict[str, list[tuple[Any, ...]]]:
    (book,) = (one for name, one in enclosed(facts).items() if name.endswith(".xlsx"))
    loaded = load_workbook(io.BytesIO(book.data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in loaded.worksheets}


def test_the_mail_shows_the_pictures_that_come_with_it() -> None:
    mail = WIDE_WRITER.build_digest(WIDE_DIGEST, ("vu@baocao.example",), AFTERWARDS)
    for name in (BURN_UP, TILES):
        picture = Image.open(io.BytesIO(enclosed()[name].data))
        assert picture.width == 1280
        assert f'src="cid:{name}"' in mail.html


def test_the_workbook_holds_the_matrix_of_the_mail() -> None:
    rows = {row[0]: row[1:] for row in sheets()["Tình hình"]}
    assert rows["Nghệ An"][:4] == ("Đ", "Đ", "K", "Đ")
    assert rows["Số đơn vị đạt"][:4] == (6, 5, 5, 4)
    assert "Theo đơn vị hiện nay" not in sheets()


def test_the_workbook_lists_everything_that_is_missing() -> None:
    titles, *lines = sheets()["Còn thiếu"]
    missing = [one for one in WIDE_STANDINGS if one.state.value in {"nothing", "returned"}]
    assert len(lines) == len(missing)
    assert titles[1] == "Đơn vị"
    granted = [line for line in lines if line[4]]
    assert [(line[1], line[3]) for line in granted] == [("Nghệ An", "trước ngày 31/7/2012")]


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    evil = Frequent('=HYPERLINK("http://x.example")', "I.1", 1, 1)
    (book,) = (one for name, one in enclosed(replace(WIDE_DIGEST, trial=(evil,))).items() if name.endswith(".xlsx"))
    (cell,) = (
        cell
        for row in load_workbook(io.BytesIO(book.data))["Nội dung sai"].iter_rows()
        for cell in row
        if str(cell.value).startswith("=")
    )
    assert cell.data_type == "s"


def test_who_cannot_be_written_to_is_named() -> None:
    nobody = replace(WIDE.reporters[0], addresses=("*@hagiang.example",))
    rules = replace(WIDE, reporters=(nobody, *WIDE.reporters[1:]))
    mail = Writer(RENDERER, rules).build_digest(WIDE_DIGEST, ("vu@baocao.example",), AFTERWARDS)
    assert "Chưa có địa chỉ thư để liên hệ (1 đơn vị)\n– Hà Giang." in mail.text


@pytest.mark.parametrize(
    "curves", [(), (Curve(Due(), None, 0, ()),), (Curve(Due("trước ngày 1/1/2012", -200), date(2012, 1, 1), 3, ()),)]
)
def test_the_progress_is_drawn_however_little_there_is(curves: tuple[Curve, ...]) -> None:
    assert draw_burn_up(curves, BEGIN, TODAY, PHRASES).startswith(b"\x89PNG")


def test_a_campaign_that_opened_today_is_drawn() -> None:
    done = (datetime(2012, 7, 23, 8, 0, tzinfo=VIETNAM),)
    assert draw_burn_up((Curve(Due("hôm nay", 0), TODAY, 1, done),), TODAY, TODAY, PHRASES).startswith(b"\x89PNG")


def test_bodies_without_a_place_stand_below_the_map() -> None:
    tiles = [
        Tile("Hà Nội", 1, 1, "complete", (2, 3)),
        *(Tile(f"Tập đoàn {n}", 0, 1, "nothing", None) for n in range(9)),
    ]
    tall, flat = (Image.open(io.BytesIO(draw_tiles(some, PHRASES))) for some in (tiles, tiles[:1]))
    assert tall.height > 2 * flat.height
    assert draw_tiles((), PHRASES).startswith(b"\x89PNG")


def test_facts_of_a_campaign_nobody_owes_anything_in_are_drawn_too() -> None:
    empty = DigestFacts(campaign=CAMPAIGN, week=date(2012, 7, 22), standings=())
    assert set(enclosed(empty)) >= {BURN_UP, TILES}


def test_what_reporters_said_is_told_doubts_first_and_the_workbook_tells_all() -> None:
    said = tuple(
        Said("40", "I.1", f"G{n}", "Nội dung được hỏi", f"lý do {n}", "12-40-0058", n == 14) for n in range(15)
    )
    facts = replace(WIDE_DIGEST, said=said)
    lines = WIDE_WRITER.build_digest(facts, ("vu@baocao.example",), AFTERWARDS).text.splitlines()
    first = lines.index("Giải trình của các đơn vị trong tuần (15 nội dung)")
    assert "ô G14 (Nội dung được hỏi): đơn vị cho rằng quy tắc chưa đúng, “lý do 14”" in lines[first + 1]
    assert lines[first + 11] == "– 5 nội dung khác ở trang “Giải trình” của tệp gửi kèm."
    assert len(sheets(facts)["Giải trình"]) == 16
