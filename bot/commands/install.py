"""``bot install``: what a service manager or a shell needs, printed for a person to look at and put in its place."""

from __future__ import annotations

import getpass
import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.asked import rules_in_force
from bot.completion import Listed, write_completion
from bot.service import Place, write_container, write_unit
from bot.terminal import chosen_config, config_or_defaults, configured, give_up, out

_OWN_USER = "baocao"
"""Whom the service is given where root asks: a daemon that reads foreign files is not root."""


class What(StrEnum):
    """What can be printed."""

    SYSTEMD = "systemd"
    CONTAINER = "container"
    BASH = "completion-bash"
    ZSH = "completion-zsh"
    FISH = "completion-fish"


def install(
    context: typer.Context,
    what: Annotated[
        What,
        typer.Option(
            "--print",
            help="In ra gì: systemd, container, completion-bash, completion-zsh hoặc completion-fish.",
            metavar="WHAT",
        ),
    ],
    user: Annotated[
        str, typer.Option("--user", help="Tài khoản chạy dịch vụ; mặc định là người chạy lệnh này.", metavar="USER")
    ] = "",
) -> None:
    """In tệp dịch vụ systemd, tệp dựng container, hoặc tệp gợi ý lệnh khi bấm TAB; không cài đặt gì.

    Dùng khi bot đã chạy tốt bằng tay và cần tự chạy cùng máy.

    Ví dụ: bot install --print systemd > baocao-bot.service

    Gợi ý khi bấm TAB (lệnh, tùy chọn, tên biểu, mã đơn vị): source <(bot install --print completion-bash); có cả zsh,
    fish; không cần cấu hình.

    Đầu tệp in ra có ghi các bước cài đặt. Dịch vụ chỉ có những quyền cần thiết và không chạy bằng root.
    """
    if what.value.startswith("completion-"):
        shell = what.value.removeprefix("completion-")
        typer.echo(write_completion(shell, context.find_root().command, _known_words()), nl=False)
        return
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


def _known_words() -> dict[str, Listed]:
    """Return the words for FORM, WHOM and the like, from the rules in force."""
    from bot.preview.mails import SAMPLES

    rulebook = rules_in_force(config_or_defaults())
    short = Counter(form.id for form in rulebook.forms)
    forms = tuple((one.id if short[one.id] == 1 else one.full_id, one.title) for one in rulebook.forms)
    bodies = tuple((one.code, one.name) for one in rulebook.reporters)
    campaigns = tuple((one.id, one.title) for one in rulebook.campaigns)
    everyone = (*bodies, *((name, code) for code, name in bodies))
    return {
        "FORM": forms,
        "WHOM": everyone,
        "REPORTER": everyone,
        "--reporter": everyone,
        "--campaign": campaigns,
        "MAIL": tuple((name, "") for name in SAMPLES),
    }


def _program() -> tuple[str, ...]:
    """Return how this program is started, by whole paths: a service has no PATH of ours."""
    command = Path(sys.prefix) / "bin" / "bot"
    return (str(command),) if command.exists() else (sys.executable, "-m", "bot")
