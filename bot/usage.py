"""How the command line teaches: its help, and what it says to a wrong call, in Vietnamese instead of English."""

from __future__ import annotations

import inspect
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import structlog
import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from typer.core import TyperCommand, TyperGroup

from bot.adapters.durable import DiskBroken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WRONG_USE = 3
"""The exit code of a wrong call; 2 is taken: it says that a file could not be read."""
BROKEN = 4
"""The exit code of a failure of the program's own."""
DISK_BROKEN = 5
"""The exit code where the disk failed: starting again at once does not help, a person has to look at it."""
_HELP = "Xem hướng dẫn này."
_EXTRA = re.compile(r"unexpected extra argument\S* \((.*)\)$")
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")

log = structlog.get_logger(__name__)


class WrongUse(typer.TyperException):
    """A call that cannot be understood; the text is the sentence to show."""


class Verb(TyperCommand):
    """One verb of the command line."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of this verb."""
        formatter.write(_help_of(self, ctx))


class Verbs(TyperGroup):
    """The whole command line: nothing ends in English, and nothing in a traceback."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help with all verbs."""
        formatter.write(_help_of(self, ctx, self.commands))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the verb that *args* begin with; raises WrongUse where there is none."""
        if self.get_command(ctx, args[0]) is None:
            verbs = ", ".join(name for group in _in_groups(self.commands).values() for name in group)
            raise WrongUse(f"Không có lệnh {args[0]}; các lệnh: {verbs}.")
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002  it is "bot", however it was started
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002  the sentences below stand for Click's own
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run one call and leave with its exit code."""
        try:
            code = super().main(args, "bot", complete_var, False, windows_expand_args, **extra)
        except typer.TyperException as problem:
            _say(_sentence(problem), f"Xem hướng dẫn: {_path(problem)} --help")
            code = WRONG_USE
        except typer.Abort:
            code = WRONG_USE
        except DiskBroken as problem:
            _say(
                f"Ổ đĩa hỏng khi ghi {problem}. Chương trình dừng và không tự làm tiếp.",
                "Thư chưa xử lý xong vẫn còn trên máy chủ thư. Hãy xem nhật ký hệ thống (dmesg), sửa hoặc thay ổ đĩa, "
                "chạy bot verify (khôi phục bản sao lưu bằng bot restore nếu có tệp hỏng), rồi chạy lại bot run.",
            )
            code = DISK_BROKEN
        except Exception as problem:  # the outermost edge: a person sees a sentence, the log has the rest
            log.debug("broken", exc_info=problem)
            _say(
                f"Sự cố của chương trình ({type(problem).__name__}); không phải do cách dùng.",
                "Chạy lại với bot --verbose để có chi tiết gửi người phát triển.",
            )
            code = BROKEN
        sys.exit(code or 0)


def _say(*lines: str) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False)


def _path(problem: typer.TyperException) -> str:
    context = getattr(problem, "ctx", None)
    return str(context.command_path) if context is not None else "bot"


def _sentence(problem: typer.TyperException) -> str:
    """Return what is wrong with the call; Click's classes are told by their names, because Typer hides them."""
    if isinstance(problem, WrongUse):
        return problem.message
    kind, option = type(problem).__name__, getattr(problem, "option_name", "")
    if kind == "NoSuchOption":
        near = ", ".join(sorted(getattr(problem, "possibilities", None) or ()))
        return f"Không có tùy chọn {option}." + (f" Có phải {near}?" if near else "")
    if kind == "BadOptionUsage":
        lacks = "requires" in problem.message
        return f"Tùy chọn {option} cần một giá trị." if lacks else f"Tùy chọn {option} không nhận giá trị."
    parameter = getattr(problem, "param", None)
    if parameter is not None:
        name, what = _name(parameter), str(parameter.help or "")
        meant = f"{name}: {what[:1].lower()}{what[1:]}".rstrip(".: ")
        return f"Thiếu {meant}." if kind == "MissingParameter" else f"Giá trị chưa hợp lệ của {meant}."
    extra = _EXTRA.search(problem.message)
    return f"Thừa: {extra[1]}." if extra else "Lệnh ghi chưa đúng."


# -- help ------------------------------------------------------------------------------------------------------


def _name(parameter: Any) -> str:
    """Return a parameter as it is typed: ``FILE…`` or ``--dir DIR``."""
    metavar = parameter.metavar or ""
    if parameter.param_type_name == "argument":
        return str(metavar or parameter.name)
    flags = ", ".join(sorted(parameter.opts, key=len, reverse=True))
    return f"{flags} {metavar}".rstrip()


def _help_of(command: Any, ctx: Any, verbs: Mapping[str, Any] | None = None) -> str:
    """Return the help of *command*, styled where the terminal can show it; *verbs* are those of the whole."""
    parameters = command.get_params(ctx)
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name != "argument"]
    call = [ctx.command_path, "[TÙY CHỌN]", *(_name(one) for one in arguments), *(["LỆNH …"] if verbs else [])]
    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(f"[bold]Cách dùng:[/] {escape(' '.join(call))}\n")
        console.print(Padding(escape(_flowing(command.help)), (0, 0, 1, 2)))
        wide = max(map(len, verbs or ("",)))
        for title, group in _in_groups(verbs or {}).items():
            _print_rows(console, title, [(name.ljust(wide), _first_line(verb)) for name, verb in group.items()])
        _print_rows(console, "Tham số", [(_name(one), one.help or "") for one in arguments])
        _print_rows(console, "Tùy chọn", [(_name(one), _help_text(one)) for one in options])
        if command.epilog:
            console.print(escape(_flowing(command.epilog)))
    return captured.get()


def _in_groups(verbs: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return *verbs* under the titles that they were given; those without one stand under "Lệnh"."""
    groups: dict[str, dict[str, Any]] = {}
    for name, verb in verbs.items():
        title = getattr(verb, "rich_help_panel", None)
        groups.setdefault(title if isinstance(title, str) else "Lệnh", {})[name] = verb
    return groups


def _help_text(option: Any) -> str:
    return _HELP if "--help" in option.opts else str(option.help or "")


def _first_line(verb: Any) -> str:
    return _flowing(verb.help).split("\n\n", maxsplit=1)[0]


def _flowing(text: str | None) -> str:
    """Return *text* with its paragraphs each on one line: the terminal breaks them where it ends."""
    return _LINE_END.sub(" ", inspect.cleandoc(text or ""))


def _print_rows(console: Console, title: str, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for name, text in rows:
        table.add_row(f"[cyan]{escape(name)}[/]", escape(text))
    console.print(f"[bold]{title}[/]")
    console.print(Padding(table, (0, 0, 1, 2)))
