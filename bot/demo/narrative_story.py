"""Which narrative goes with which annex, and what is odd about some of them."""

from __future__ import annotations

from typing import NamedTuple

from bot.demo.envelopes import File
from bot.demo.files import make_scan
from bot.demo.narratives import draw_narrative, write_narrative


class Oddity(NamedTuple):
    """What is not as it should be in a narrative."""

    what: str
    rule: str
    """The notice that asks about it; empty where nobody has to ask."""
    without: str = ""
    blank: bool = False
    paper: bool = False


_NO_CAUSES = "chưa nêu nguyên nhân"
ODDITIES: dict[tuple[str, str], Oddity] = {
    ("BC-I", "Thái Nguyên"): Oddity(f"báo cáo {_NO_CAUSES}", "thieu_muc", without="nguyên nhân"),
    ("BC-I", "Long An"): Oddity("báo cáo chưa ghi số và ngày", "chua_co_so_ngay", blank=True),
    ("BC-I", "Bắc Giang"): Oddity("báo cáo Word chưa có số, kèm bản ký PDF, đạt yêu cầu", "", paper=True),
    ("BC-II-CK", "Bình Phước"): Oddity("báo cáo chưa nêu quy mô diện tích", "thieu_muc", without="quy mô"),
    ("BC-III", "Cần Thơ"): Oddity("báo cáo chưa nêu dự án ngừng hoạt động", "thieu_muc", without="ngừng"),
}
"""Outline and province → what is odd; it blocks nothing."""
_NAMES = {
    "BC-I": "Báo cáo rà soát quy hoạch KCN - {name}",
    "BC-II-VB": "Bao cao KKT ven bien {name}",
    "BC-II-CK": "Bao cao KKT cua khau {name}",
    "BC-III": "Báo cáo đánh giá hoạt động dự án - {name}",
}


def enclose_narrative(outline: str, name: str, seed: int) -> tuple[File, ...]:
    """Return the narrative as it hangs on the mail of its annex, with the scan of the signed paper where one comes."""
    odd = ODDITIES.get((outline, name), Oddity("", ""))
    text = write_narrative(name, outline, seed=seed, without=odd.without, blank=odd.blank, paper=odd.paper)
    word = File(f"{_NAMES[outline].format(name=name)}.docx", draw_narrative(text))
    return (word, File("Bản ký.pdf", make_scan())) if odd.paper else (word,)


def tell_narrative(outline: str, name: str) -> str:
    """Return what the title of the mail says about its narrative."""
    odd = ODDITIES.get((outline, name))
    return odd.what if odd else "kèm báo cáo, đạt yêu cầu"
