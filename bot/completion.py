"""Completion for bash, zsh and fish: one script for each, which holds every word and starts no program on TAB."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Listed = tuple[tuple[str, str], ...]
"""Words that can be typed, each with what it means."""
_FILES = "files"


@dataclass(slots=True)
class _Tree:
    """What can follow what, for a shell to look up."""

    lists: dict[str, Listed] = field(default_factory=dict)
    """Name → its words: ``verbs:held``, ``options:check``, ``FORM`` …"""
    steps: dict[tuple[str, str], str] = field(default_factory=dict)
    """Verbs so far and the next word → the verbs with it."""
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    """Verbs so far and an option → the name of the list of its values, ``files``, or empty."""
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    """Verbs so far and the number of the argument (``*`` for all from there) → likewise."""


def write_completion(shell: str, program: Any, known: Mapping[str, Listed]) -> str:
    """Return the script for *shell* (``bash``, ``zsh`` or ``fish``) that completes *program*, the whole command line.

    *known* gives words for arguments and options by what the help calls them, such as ``FORM`` or ``--campaign``.
    """
    tree = _Tree(lists={name: words for name, words in known.items() if words})
    _walk(program, "", tree)
    parts = {"lists": _lists(tree), "steps": _cases(tree.steps), "values": _cases(tree.values)}
    if shell == "fish":
        fish = {"lists": _fish_lists(tree), "steps": _fish(tree.steps), "values": _fish(tree.values)}
        return _FISH.format(**fish, places=_fish(_sorted(tree.places)))
    return (_BASH if shell == "bash" else _ZSH).format(**parts, places=_cases(_sorted(tree.places)))


def _walk(command: Any, path: str, tree: _Tree) -> None:
    options = [one for one in command.params if one.param_type_name != "argument"]
    flags = [(max(one.opts, key=len), _short(one.help)) for one in options]
    tree.lists[f"options:{path}"] = (*flags, ("--help", "Xem hướng dẫn."))
    for one in options:
        if not one.is_flag:
            kind = _kind(one, tree)
            tree.values |= {(path, flag): kind for flag in one.opts}
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    for number, one in enumerate(arguments):
        tree.places[path, str(number) if one.nargs == 1 else "*"] = _kind(one, tree)
    below: Mapping[str, Any] = getattr(command, "commands", {})
    if below:
        tree.lists[f"verbs:{path}"] = tuple((name, _short(one.help)) for name, one in below.items())
        tree.places[path, "0"] = f"verbs:{path}"
    for name, one in below.items():
        deeper = f"{path} {name}".strip()
        tree.steps[path, name] = deeper
        _walk(one, deeper, tree)


def _kind(parameter: Any, tree: _Tree) -> str:
    """Return the name of the list of words that *parameter* takes; ``files`` for a path, else empty."""
    meant = parameter.type_descriptor.annotation
    kinds = {meant, *get_args(meant), *(deep for one in get_args(meant) for deep in get_args(one))}
    choices = next((one for one in kinds if isinstance(one, type) and issubclass(one, Enum)), None)
    if choices is not None:
        name = f"choices:{choices.__module__}.{choices.__name__}"
        tree.lists[name] = tuple((str(one.value), "") for one in choices)
        return name
    if Path in kinds:
        return _FILES
    names = (max(parameter.opts, key=len), str(parameter.metavar or "").rstrip("…"))
    return next((name for name in names if name in tree.lists), "")


def _short(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split()).rstrip(".")


def _sorted(places: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Return *places* with the numbered ones first: a shell takes the first case that fits."""
    return dict(sorted(places.items(), key=lambda one: (one[0][0], one[0][1] == "*", one[0][1])))


# -- words of a shell ------------------------------------------------------------------------------------------


def _rows(words: Listed) -> Iterator[str]:
    for word, meaning in words:
        yield f"{word}\t{meaning}".rstrip("\t").replace("\n", " ")


def _lists(tree: _Tree) -> str:
    return "\n".join(
        f"    {shlex.quote(name)}) printf '%s\\n' {' '.join(map(shlex.quote, _rows(words)))} ;;"
        for name, words in tree.lists.items()
    )


def _cases(table: Mapping[tuple[str, str], str]) -> str:
    return "\n".join(
        f"    {shlex.quote(path + '|')}{'*' if word == '*' else shlex.quote(word)}) found={shlex.quote(to)} ;;"
        for (path, word), to in table.items()
    )


def _quoted(text: str) -> str:
    """Return *text* as one word of fish, where a quote is not closed and opened again but escaped."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _fish_lists(tree: _Tree) -> str:
    return "\n".join(
        f"        case {_quoted(name)}\n            printf '%s\\n' {' '.join(map(_quoted, _rows(words)))}"
        for name, words in tree.lists.items()
    )


def _fish(table: Mapping[tuple[str, str], str]) -> str:
    return "\n".join(
        f"        case {_quoted(f'{path}|{word}')}\n            echo {_quoted(to or 'none')}"
        for (path, word), to in table.items()
    )


_COMMON = """\
_bot_list() {{
  case "$1" in
{lists}
  esac
}}
_bot_step() {{
  found=
  case "$1" in
{steps}
  esac
  [ -n "$found" ]
}}
_bot_value() {{
  found=none
  case "$1" in
{values}
  *) return 1 ;;
  esac
}}
_bot_place() {{
  found=
  case "$1" in
{places}
  esac
}}
_bot_look() {{
  local so_far= number=0 word
  waits=
  for word in "$@"; do
    if [ -n "$waits" ]; then waits=; continue; fi
    if _bot_value "$so_far|$word"; then waits=yes
    elif [ "${{word#-}}" != "$word" ]; then :
    elif _bot_step "$so_far|$word"; then so_far=$found number=0
    else number=$((number + 1)); fi
    if [ -n "$waits" ]; then wanted=$found; fi
  done
  if [ -n "$waits" ]; then return; fi
  if [ "${{cur#-}}" != "$cur" ]; then wanted="options:$so_far"
  else _bot_place "$so_far|$number"; wanted=$found; fi
}}
"""
_BASH = (
    """\
# Do bot install --print completion-bash viết ra. Dùng ngay: source <(bot install --print completion-bash)
# Dùng mãi: bot install --print completion-bash > ~/.local/share/bash-completion/completions/bot
# Sau khi nâng cấp hoặc sửa quy tắc thì in lại, để có đủ lệnh và tên biểu.
"""
    + _COMMON
    + """\
_bot() {{
  local cur=${{COMP_WORDS[COMP_CWORD]//\\\\/}} found= wanted= waits= line
  COMPREPLY=()
  _bot_look "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"
  if [ "$wanted" = files ]; then compopt -o filenames -o default 2>/dev/null; COMPREPLY=(); return; fi
  while IFS= read -r line; do
    line=${{line%%$'\\t'*}}
    [[ -n $line && $line == "$cur"* ]] && COMPREPLY+=("${{line// /\\\\ }}")
  done < <(_bot_list "$wanted")
}}
complete -F _bot bot
"""
)
_ZSH = (
    """\
#compdef bot
# Do bot install --print completion-zsh viết ra. Dùng ngay: source <(bot install --print completion-zsh), sau compinit.
# Dùng mãi: ghi ra tệp _bot trong một thư mục của $fpath. Sau khi nâng cấp hoặc sửa quy tắc thì in lại.
"""
    + _COMMON
    + """\
_bot() {{
  local cur=${{words[CURRENT]}} found= wanted= waits= line
  local -a told
  _bot_look "${{(@Q)words[2,CURRENT-1]}}"
  if [ "$wanted" = files ]; then _files; return; fi
  while IFS= read -r line; do
    [[ -n $line ]] && told+=("${{${{line%%$'\\t'*}}//:/\\\\:}}:${{line#*$'\\t'}}")
  done < <(_bot_list "$wanted")
  _describe 'bot' told
}}
if [ "${{funcstack[1]}}" = _bot ]; then _bot "$@"; else compdef _bot bot; fi
"""
)
_FISH = """\
# Do bot install --print completion-fish viết ra. Dùng ngay: bot install --print completion-fish | source
# Dùng mãi: bot install --print completion-fish > ~/.config/fish/completions/bot.fish
# Sau khi nâng cấp hoặc sửa quy tắc thì in lại.
function __bot_list
    switch $argv[1]
{lists}
    end
end
function __bot_step
    switch $argv[1]
{steps}
    end
end
function __bot_value
    switch $argv[1]
{values}
    end
end
function __bot_place
    switch $argv[1]
{places}
    end
end
function __bot_complete
    set -l typed (commandline -opc)
    set -l cur (commandline -ct)
    set -l so_far ''
    set -l number 0
    set -l waits ''
    for word in $typed[2..-1]
        if test -n "$waits"
            set waits ''
            continue
        end
        set waits (__bot_value "$so_far|$word")
        set -l step (__bot_step "$so_far|$word")
        if test -n "$waits"; or string match -q -- '-*' $word
            continue
        else if test -n "$step"
            set so_far $step
            set number 0
        else
            set number (math $number + 1)
        end
    end
    set -l wanted $waits
    if test -z "$wanted"
        if string match -q -- '-*' $cur
            set wanted "options:$so_far"
        else
            set wanted (__bot_place "$so_far|$number")
        end
    end
    if test "$wanted" = files
        __fish_complete_path $cur
    else
        __bot_list "$wanted"
    end
end
complete -c bot -f -a '(__bot_complete)'
"""
