"""The status page: what it tells, that every link leads somewhere, and that it fits a telephone."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from bot.adapters.content import read_templates
from bot.adapters.site import ForeignFolder, write_site
from bot.check.load import load_rulebook
from bot.language import VIETNAM
from bot.model import Act, Finding, Outcome, Place, Rulebook, Ruling, Severity
from bot.reply.render import Renderer
from bot.runners.page import Site
from tests.check.small import files
from tests.fixtures.accepted import Store, rows_of

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2012, 7, 20, 9, 0, tzinfo=VIETNAM)
RENDERER = Renderer(read_templates(None))
_LOADED = load_rulebook(files())
assert isinstance(_LOADED, Rulebook)
RULEBOOK = _LOADED
A = RULEBOOK.form("thu/A")
HOSTILE = Finding(
    "x",
    Severity.ERROR,
    "Sai",
    'Ô D9 ghi "<script>alert(1)</script>"',
    "Sửa.",
    Place("<b>Trang</b>", "D9", 9, "Diện tích"),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in which Nghệ An was returned once, then accepted."""
    store = Store(tmp_path / "data")
    store.send("40", A, rows_of(A, {"ten": "Một"}), verdict=Outcome.RETURNED, findings=(HOSTILE,))
    store.send("40", A, rows_of(A, {"ten": "Một"}), revision=2)
    return store


def site(store: Store) -> dict[str, str]:
    return dict(Site(store.ledger, RULEBOOK, RENDERER, NOW).pages())


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S))).split())


def test_the_index_has_a_mark_for_each_reporter_and_leads_to_everything(store: Store) -> None:
    pages = site(store)
    assert list(pages)[-1] == "index.html"
    index = pages["index.html"]
    assert '<td class="first accepted"><a href="bien-nhan/12-40-0002.html">Đ</a></td>' in index
    assert '<td class="first overdue">Q</td>' in index
    assert "1/2 đơn vị hoàn thành" in words(index)


def test_every_link_leads_to_a_page(store: Store) -> None:
    pages = site(store)
    for name, page in pages.items():
        for href in re.findall(r'href="([^"]+)"', page):
            parts = name.split("/")[:-1] + unquote(href).split("/")
            target: list[str] = []
            for part in parts:
                target = target[:-1] if part == ".." else [*target, part]
            assert "/".join(target) in pages, (name, href)


def test_a_reporter_a_form_and_a_submission_have_a_page_each(store: Store) -> None:
    pages = site(store)
    reporter = words(pages["don-vi/40.html"])
    assert "Tỉnh Nghệ An" in reporter
    assert "12-40-0001" in reporter
    assert "chưa nhận, quá hạn 5 ngày" in words(pages["don-vi/01.html"])
    assert "1/2 đơn vị đạt" in words(pages["bieu/thu_A.html"])
    second = words(pages["bien-nhan/12-40-0002.html"])
    assert "Kết luận: đạt , lần nộp 2" in second
    assert "12-40-0001 : lần nộp 1" in second


def test_foreign_text_is_never_a_tag(store: Store) -> None:
    page = site(store)["bien-nhan/12-40-0001.html"]
    assert "<script>alert" not in page
    assert "<b>Trang</b>" not in page
    assert 'Ô D9 ghi "<script>alert(1)</script>"' in unescape(page)


def test_a_ruling_is_told_and_counts(store: Store) -> None:
    shown = store.ledger.show("12-40-0002")
    assert shown is not None
    store.ledger.rule_on(shown.id, 0, Ruling(Act.INVALIDATE, "van-thu", NOW, "Gửi nhầm", "accepted"))

    pages = site(store)
    assert "van-thu: loại bỏ lần nộp này. Lý do: Gửi nhầm" in words(pages["bien-nhan/12-40-0002.html"])
    assert '<a href="bien-nhan/12-40-0001.html">S</a>' in pages["index.html"]


def test_only_what_has_changed_is_written_and_what_is_gone_is_taken_away(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "trang"
    pages = site(store)
    assert write_site(folder, pages.items()) == len(pages)
    assert write_site(folder, site(store).items()) == 0
    (folder / "bien-nhan" / "cua-toi.txt").write_text("không phải của bot")
    store.send("01", A, rows_of(A, {"ten": "Hai"}))

    assert write_site(folder, site(store).items()) == 4  # the index, the form, the reporter, the submission
    rest = {name: text for name, text in site(store).items() if not name.startswith("bien-nhan/")}
    write_site(folder, rest.items())
    assert [one.name for one in (folder / "bien-nhan").iterdir()] == ["cua-toi.txt"]


def test_a_folder_of_others_is_not_touched(store: Store, tmp_path: Path) -> None:
    (tmp_path / "khac").mkdir()
    (tmp_path / "khac" / "index.html").write_text("của tôi")
    with pytest.raises(ForeignFolder):
        write_site(tmp_path / "khac", site(store).items())
    assert (tmp_path / "khac" / "index.html").read_text() == "của tôi"


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium is installed")
def test_no_page_scrolls_sideways_on_a_telephone(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "trang"
    write_site(folder, site(store).items())
    frames = "".join(
        f'<iframe src="trang/{name}" style="width:{width}px;height:600px"></iframe>'
        for name in ("index.html", "don-vi/40.html", "bieu/thu_A.html", "bien-nhan/12-40-0001.html")
        for width in (390, 1280)
    )
    measure = """<script>window.onload = function () {
        var told = [].map.call(document.querySelectorAll("iframe"), function (one) {
            var root = one.contentDocument.documentElement;
            return root.scrollWidth + "/" + one.clientWidth;
        });
        document.body.innerHTML = "<p>" + told.join(" ") + "</p>";
    };</script>"""
    (tmp_path / "do.html").write_text(f"<body>{frames}{measure}</body>", "utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    more = "--disable-component-update --disable-sync --allow-file-access-from-files --dump-dom"
    ours = f"--user-data-dir={tmp_path / 'chromium'}"
    page = (tmp_path / "do.html").as_uri()
    told = subprocess.run(
        ["chromium", *flags.split(), *more.split(), ours, page], capture_output=True, check=True, timeout=60
    )
    widths = re.findall(r"(\d+)/(\d+)", told.stdout.decode())
    assert len(widths) == 8
    assert all(int(scroll) <= int(room) for scroll, room in widths), widths
