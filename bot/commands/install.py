"""``bot install``: what a service manager needs, printed for the operator to look at and put in its place."""

from __future__ import annotations

import getpass
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.service import Place, write_container, write_unit
from bot.terminal import chosen_config, configured, give_up, out

_OWN_USER = "baocao"
"""Whom the service is given where root asks: a daemon that reads foreign files is not root."""


class What(StrEnum):
    """What can be printed."""

    SYSTEMD = "systemd"
    CONTAINER = "container"


def install(
    what: Annotated[What, typer.Option("--print", help="In ra gì: systemd hoặc container.", metavar="WHAT")],
    user: Annotated[
        str, typer.Option("--user", help="Tài khoản chạy dịch vụ; mặc định là người chạy lệnh này.", metavar="USER")
    ] = "",
) -> None:
    """In tệp dịch vụ systemd, hoặc tệp dựng container, cho cấu hình này; không cài đặt gì.

    Dùng khi bot đã chạy tốt bằng tay và cần tự chạy cùng máy.

    Ví dụ: bot install --print systemd > baocao-bot.service

    Đầu tệp in ra có ghi các bước cài đặt. Dịch vụ chỉ có những quyền cần thiết và không chạy bằng root.
    """
    config = configured()
    if what is What.CONTAINER:
        text = write_container(config)
    else:
        who = user or getpass.getuser()
        if user == "root":
            give_up("Không chạy bot bằng root; hãy chọn một tài khoản riêng, ví dụ --user baocao.")
        who = _OWN_USER if who == "root" else who
        text = write_unit(config, Place(_program(), chosen_config().resolve(), who))
    out.print(text, end="", markup=False, emoji=False)


def _program() -> tuple[str, ...]:
    """Return how this program is started, by whole paths: a service has no PATH of ours."""
    command = Path(sys.prefix) / "bin" / "bot"
    return (str(command),) if command.exists() else (sys.executable, "-m", "bot")
