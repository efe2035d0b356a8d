"""Every mail in a real browser, as wide as a telephone and as a mail program: nothing is wider than the window.

Skipped where no Chromium is installed: it is a large package, so the suite does not ask for it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape, unescape
from typing import TYPE_CHECKING

import pytest

from bot.adapters.content import read_templates
from bot.model import Outgoing
from bot.preview.mails import SAMPLES, Gallery

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--dump-dom", "--virtual-time-budget=10000"),
)
WIDTHS = (390, 800)
MEASURE = """<script>
addEventListener("load", () => {
  const measured = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument.documentElement;
    return [frame.title, page.scrollWidth, frame.contentWindow.innerWidth, page.scrollHeight];
  });
  document.body.innerHTML = "<pre>" + JSON.stringify(measured) + "</pre>";
});
</script>"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


def measure(pages: dict[str, str], folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return what one browser says of each page at each width: its own width, that of the window, its height."""
    frames = "".join(
        f'<iframe title="{name} {width}" width="{width}" height="600" frameborder="0" srcdoc="{escape(page)}"></iframe>'
        for name, page in pages.items()
        for width in WIDTHS
    )
    file = folder / "mails.html"
    file.write_text(f'<!DOCTYPE html><meta charset="utf-8"><body>{frames}{MEASURE}</body>', "utf-8")
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}", file.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True).stdout
    found = re.search(r"<pre>(.*?)</pre>", shown, re.DOTALL)
    assert found, shown[:500]
    return {name: (wide, window, high) for name, wide, window, high in json.loads(unescape(found[1]))}


def test_no_mail_is_wider_than_its_window(tmp_path: Path) -> None:
    gallery = Gallery(read_templates(None))
    mails = {name: gallery.write(name) for name in SAMPLES}
    pages = {name: mail.html for name, mail in mails.items() if isinstance(mail, Outgoing)}
    # A page that is too wide shows that the measure finds one.
    measured = measure({**pages, "wide": '<p style="width: 900px">rộng</p>'}, tmp_path)
    too_wide = {name for name, (wide, window, _) in measured.items() if wide > window}
    assert too_wide == {"wide 390", "wide 800"}
    assert len(measured) == len(WIDTHS) * (len(SAMPLES) + 1)
    assert all(high > 300 for name, (_, _, high) in measured.items() if not name.startswith("wide"))
