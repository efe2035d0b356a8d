"""Links to a file in somebody's store, sent instead of the file: known by their address, never fetched."""

from __future__ import annotations

import re

from bot.language import one_line

_URL = re.compile(r"(?i)\b(?:https?|ftp)://([a-z0-9.-]{3,253})[^\s<>\"')\]]{0,2000}")
_STORES = (
    "drive.google.com", "docs.google.com", "1drv.ms", "onedrive.live.com", "sharepoint.com", "dropbox.com",
    "box.com", "mega.nz", "mega.co.nz", "mediafire.com", "fshare.vn", "4shared.com", "wetransfer.com", "we.tl",
    "icloud.com", "pcloud.com", "terabox.com", "yadi.sk", "sendspace.com", "zippyshare.com", "files.fm",
    "send-anywhere.com", "filemail.com", "skydrive.live.com", "photos.app.goo.gl", "dropmefiles.com",
)  # fmt: skip
_MOST = 10


def store_links(text: str) -> tuple[str, ...]:
    """Return the addresses of file stores in a text, each once, ten at most, in its order; HTML will do too."""
    found = (one_line(one.group(), 300) for one in _URL.finditer(text) if _is_store(one.group(1).lower()))
    return tuple(dict.fromkeys(found))[:_MOST]


def _is_store(host: str) -> bool:
    return any(host == store or host.endswith(f".{store}") for store in _STORES) or host.startswith("ftp.")
