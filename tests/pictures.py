"""The README's pictures, made anew from the demo: ``uv run python -m tests.pictures [--from bot-demo]``.

A browser, an office suite and a reader of PDF do the drawing, so they show what an officer's own programs show.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from email import message_from_bytes
from email.policy import default
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooter
from openpyxl.worksheet.properties import PageSetupProperties
from PIL import Image, ImageChops
from rich.console import Console

from bot.demo.run import readable, run_demo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from openpyxl.worksheet.worksheet import Worksheet

FOLDER = Path(__file__).parents[1] / ".pictures"
NEEDED = {
    "a browser (chromium)": ("chromium", "chromium-browser", "google-chrome"),
    "an office suite (libreoffice-calc)": ("soffice", "libreoffice"),
    "a reader of PDF (poppler-utils)": ("pdftoppm",),
    "a list of fonts (fontconfig)": ("fc-list",),
}
"""What draws, by the name of Debian's package."""
LARGEST = 120_000
"""Bytes of one picture: the README is read over slow lines too."""
_REPORTER, _WEEK = "Long An", "tuần 29/2012"
_SHOWN = "A:B", "O:W"
"""What an officer sees of form I.1 who has gone to the marked cells: the first two columns stand still."""
_CUT = """<script>{{
  const found = document.evaluate("//*[starts-with(normalize-space(text()), '{before}')]", document, null, 9, null);
  let one = found.singleNodeValue;
  const row = one.closest("tr");
  if (row && row.textContent.trim() == one.textContent.trim()) one = row;
  for (let up = one; up !== document.body; up = up.parentNode) while (up.nextSibling) up.nextSibling.remove();
  one.remove();
}}</script>"""
_VIETNAMESE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>vi-VN</value></prop></item></oor:items>"""


def missing() -> list[str]:
    """Return what this machine lacks to draw the pictures; empty where nothing is lacking."""
    lacking = [what for what, names in NEEDED.items() if not any(map(shutil.which, names))]
    if not lacking and not subprocess.run([_program("fc-list"), ":lang=vi"], capture_output=True, check=True).stdout:
        lacking.append("a font with Vietnamese letters (fonts-dejavu)")
    return lacking


def main(words: list[str]) -> int:
    """Draw all pictures and return the exit code: 3 where something is lacking, 1 where one came out too large."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--from", dest="demo", type=Path, help="what bot demo has left; it is played anew without this")
    asked = parser.parse_args(words)
    if lacking := missing():
        print("The pictures cannot be drawn here; lacking:", *lacking, sep="\n  ")
        return 3
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if asked.demo is None:
            run_demo(work / "demo", Console(stderr=True))
        pictures = dict(_draw(asked.demo or work / "demo", work))
    FOLDER.mkdir(exist_ok=True)
    for name, data in pictures.items():
        (FOLDER / f"{name}.png").write_bytes(data)
        print(f"{FOLDER.name}/{name}.png  {len(data):,} bytes")
    return int(any(len(data) > LARGEST for data in pictures.values()))


def _draw(demo: Path, work: Path) -> Iterator[tuple[str, bytes]]:
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted((demo / "thu-di").iterdir())]
    reply = next(one for one in mails if str(one["Subject"]).startswith(f"[Cần chỉnh sửa] Biểu I.1 – {_REPORTER}"))
    digest = next(one for one in mails if _WEEK in str(one["Subject"]))
    page = (demo / "trang-tinh-hinh" / "index.html").read_text("utf-8")
    yield "thu-tra-loi", _packed(_photographed(_as_read(reply), 760, work))
    yield "ban-danh-dau", _packed(_printed(next(reply.iter_attachments()).get_content(), work))
    yield "ban-tong-hop", _packed(_photographed(_cut(_as_read(digest), "Tình hình từng đơn vị"), 760, work))
    yield "trang-tinh-hinh", _packed(_photographed(_cut(page, "Bắc Trung Bộ"), 960, work))


def _program(*names: str) -> str:
    return next(path for path in map(shutil.which, names) if path is not None)


# -- the browser -----------------------------------------------------------------------------------------------


def _as_read(mail: EmailMessage) -> str:
    """Return *mail* as a page, under the lines that every mail program shows above it."""
    files = ", ".join(str(part.get_filename()) for part in mail.iter_attachments())
    heads = {"Tiêu đề": mail["Subject"], "Người gửi": mail["From"], "Người nhận": mail["To"], "Tệp gửi kèm": files}
    lines = "".join(f"<div><b>{name}:</b> {escape(str(said))}</div>" for name, said in heads.items() if said)
    head = f'<div style="font:14px/1.6 sans-serif;max-width:640px;margin:12px auto 0;color:#333">{lines}</div>'
    before, body, rest = readable(mail).partition("<body")
    tag, end, inside = rest.partition(">")
    return f"{before}{body}{tag}{end}{head}{inside}"


def _cut(page: str, before: str) -> str:
    """Return *page* so that it ends before what begins with those words."""
    if before not in page:
        raise ValueError(f"the page has no {before}")
    head, body, rest = page.rpartition("</body>")
    return head + _CUT.format(before=before) + body + rest


def _photographed(page: str, width: int, work: Path) -> Image.Image:
    """Return what a browser shows of *page* at that width, as far down as there is something."""
    source, target = work / "page.html", work / "page.png"
    source.write_text(page, "utf-8")
    flags = "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking"
    ours = (f"--user-data-dir={work / 'browser'}", f"--window-size={width},3000", "--force-device-scale-factor=1.5")
    browser = _program(*NEEDED["a browser (chromium)"])
    subprocess.run(
        [browser, *flags.split(), *ours, f"--screenshot={target}", source.as_uri()], check=True, capture_output=True
    )
    with Image.open(target) as image:
        return _without_edges(image.convert("RGB"), 18)


# -- the office suite ------------------------------------------------------------------------------------------


def _printed(workbook: bytes, work: Path) -> Image.Image:
    """Return the list of findings above the marked part of the form, with the letters and numbers of Excel's edges."""
    source, profile = work / "marked.xlsx", work / "office"
    _arrange(workbook, source)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_VIETNAMESE)
    office = _program(*NEEDED["an office suite (libreoffice-calc)"])
    ours = (f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf", "--outdir", str(work))
    subprocess.run([office, *ours, str(source)], check=True, capture_output=True)
    pdf = source.with_suffix(".pdf")
    subprocess.run([_program("pdftoppm"), "-r", "120", "-png", str(pdf), str(work / "sheet")], check=True)
    parts = []
    for path in sorted(work.glob("sheet-*.png")):
        with Image.open(path) as image:
            parts.append(_without_edges(image.convert("RGB"), 12))
    whole = Image.new("RGB", (max(one.width for one in parts), sum(one.height for one in parts)), "white")
    top = 0
    for one in parts:
        whole.paste(one, (0, top))
        top += one.height
    return whole.resize((1440, round(whole.height * 1440 / whole.width)), Image.Resampling.LANCZOS)


def _arrange(workbook: bytes, target: Path) -> None:
    """Write *workbook* so that printing shows what a screen would: nothing of its cells is changed."""
    book = load_workbook(io.BytesIO(workbook))
    findings, form = book.worksheets
    _lay_out(findings, "A1:G7")
    _lay_out(form, "A8:W16")
    widths = {
        at: one.width for one in form.column_dimensions.values() for at in range(one.min or 0, (one.max or 0) + 1)
    }
    shown = {cell.column for part in _SHOWN for cell in form[part.replace(":", "1:") + "1"][0]}
    form.column_dimensions.clear()
    for at in range(1, form.max_column + 1):
        column = form.column_dimensions[get_column_letter(at)]
        column.width, column.hidden = widths.get(at, column.width), at not in shown
    book.save(target)


def _lay_out(sheet: Worksheet, area: str) -> None:
    sheet.print_area = area
    sheet.print_title_rows = sheet.print_title_cols = None
    sheet.print_options.headings = True
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
    sheet.page_setup.scale, sheet.page_setup.paperSize, sheet.page_setup.orientation = 100, 8, "landscape"
    sheet.HeaderFooter = HeaderFooter()


# -- pictures --------------------------------------------------------------------------------------------------


def _without_edges(image: Image.Image, margin: int) -> Image.Image:
    """Return *image* without what is of the colour of its last corner all around, but for *margin*."""
    ground = image.getpixel((image.width - 1, image.height - 1))
    box = ImageChops.difference(image, Image.new("RGB", image.size, ground)).getbbox()
    if box is None:
        raise ValueError("an empty picture")
    if box[3] > image.height - margin:
        raise ValueError("the picture is cut off below")
    left, top, right, bottom = box
    return image.crop((max(left - margin, 0), max(top - margin, 0), min(right + margin, image.width), bottom + margin))


def _packed(image: Image.Image) -> bytes:
    """Return *image* as a PNG of few colours."""
    stream = io.BytesIO()
    few = image.quantize(192, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)  # rare colours say something too
    few.save(stream, "png", optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
