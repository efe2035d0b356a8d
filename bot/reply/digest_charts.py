"""The two pictures of the digest: how each deadline filled up, and the map of tiles. Figures in, PNG out."""

from __future__ import annotations

import io
import textwrap
from datetime import timedelta
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch
from matplotlib.ticker import MaxNLocator

from bot.language import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from matplotlib.axes import Axes

    from bot.phrasebook import Phrasebook
    from bot.reply.board_lines import Curve, Tile

_INCH = 100
"""Pixels in a mail; the pictures hold twice as many, so that they are sharp on a telephone."""
_WIDTH = 6.4
_INK, _SOFT, _GRID = "#24292f", "#57606a", "#e3e6ea"
_LINES = ("#1f5a93", "#1d6f42", "#a85b00", "#7a3e9d", "#57606a")
_TILES = {
    "complete": ("#1d6f42", "#ffffff"),
    "partial": ("#a9d5b8", _INK),
    "returned": ("#f0b46a", _INK),
    "overdue": ("#c0504d", "#ffffff"),
    "nothing": ("#eceef1", _INK),
}
"""State of a tile → its colour and that of its words; they differ in lightness too, for who sees colours otherwise."""
_GAP = 0.06
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.55, 0.15, 0.08, 0.28
"""Inches beside, above and below what is drawn. A layout that measures every text would draw each picture twice."""
_LEGEND = 0.36
_LONGEST_NAME = 8


def draw_burn_up(curves: Sequence[Curve], begin: date, today: date, words: Phrasebook) -> bytes:
    """Return a PNG of how many reporters had met each deadline, day by day from *begin* to *today*.

    It ends with the next deadline to come, so that what has happened fills it.
    """
    figure, axes = _blank(2.6, left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM)
    last = min((one.deadline for one in curves if one.deadline and one.deadline >= today), default=today)
    for colour, one in zip(_LINES * len(curves), curves, strict=False):
        days = sorted((instant.astimezone(VIETNAM).date() - begin).days for instant in one.done)
        steps = [(0, 0), *((day, count) for count, day in enumerate(days, 1)), ((today - begin).days, len(days))]
        label = words.line("curve", one.due, len(days), one.goal)
        axes.step([day for day, _ in steps], [count for _, count in steps], where="post", color=colour, label=label)
        if one.deadline and one.deadline <= last:
            axes.axvline((one.deadline - begin).days, color=colour, linestyle=(0, (2, 3)), linewidth=0.8)
    axes.set_ylim(0, max([1, *(one.goal for one in curves)]) * 1.05)
    axes.set_xlim(0, (last - begin).days + 1)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.xaxis.set_major_formatter(lambda at, _: words.line("day", begin + timedelta(days=round(at))))
    _tidy(axes, words)
    if curves:
        axes.legend(loc="upper left", fontsize=7.5, frameon=False, labelcolor=_INK)
    return _png(figure)


def draw_tiles(tiles: Sequence[Tile], words: Phrasebook) -> bytes:
    """Return a PNG of the map of tiles: one for each reporter, coloured by where it stands, with how much it has done.

    Columns and rows in which nobody stands are left out, so that a campaign of few bodies, or of those after a merger,
    has no holes as wide as the land.
    """
    places = _settle(tiles)
    wide = 1 + max((x for x, _ in places.values()), default=0)
    high = 1 + max((y for _, y in places.values()), default=0)
    side = _WIDTH / max(wide, 8)
    figure, axes = _blank(side * high * 0.78 + 0.4, bottom=_LEGEND)
    axes.set_xlim(0, max(wide, 8))
    axes.set_ylim(high, 0)
    axes.set_axis_off()
    for tile in tiles:
        _draw_tile(axes, tile, places[tile.name], 7.2 if wide > 8 else 8.5)
    used = [state for state in _TILES if any(one.state == state for one in tiles)]
    if used:
        _explain(figure, used, words)
    return _png(figure)


def _blank(
    high: float, *, left: float = 0.04, right: float = 0.04, top: float = 0.04, bottom: float
) -> tuple[Figure, Axes]:
    """Return a figure *high* inches high, and its axes within those margins, in inches."""
    figure = Figure(figsize=(_WIDTH, high), dpi=2 * _INCH)
    place = (left / _WIDTH, bottom / high, 1 - (left + right) / _WIDTH, 1 - (top + bottom) / high)
    return figure, figure.add_axes(place)


def _explain(figure: Figure, states: Sequence[str], words: Phrasebook) -> None:
    figure.legend(
        handles=[Patch(facecolor=_TILES[state][0], edgecolor="#b4bac2", linewidth=0.5) for state in states],
        labels=[words.line("tile_state", state) for state in states],
        loc="lower center",
        ncols=len(states),
        fontsize=7.5,
        frameon=False,
        handlelength=1.2,
        columnspacing=1.2,
    )


def _draw_tile(axes: Axes, tile: Tile, place: tuple[int, int], size: float) -> None:
    face, ink = _TILES[tile.state]
    x, y = place
    box = FancyBboxPatch(
        (x + _GAP, y + _GAP),
        1 - 2 * _GAP,
        1 - 2 * _GAP,
        boxstyle="round,pad=0,rounding_size=0.08",
        facecolor=face,
        edgecolor="none",
    )
    axes.add_artist(box)  # unlike a patch it does not move the limits, which are set, and is not measured
    lines = textwrap.wrap(tile.name, _LONGEST_NAME, break_long_words=False)
    many = len(lines) > 2  # Thừa Thiên Huế: smaller and higher, so that its last line leaves the figures theirs
    axes.text(
        x + 0.5,
        y + (0.36 if many else 0.42),
        "\n".join(lines),
        ha="center",
        va="center",
        fontsize=size - 1 if many else size,
        color=ink,
        linespacing=0.9 if many else 0.95,
        parse_math=False,
    )
    told = f"{tile.done}/{tile.owed}"
    axes.text(x + 0.5, y + 0.82, told, ha="center", va="center", fontsize=size - 1.2, color=ink, parse_math=False)


def _settle(tiles: Sequence[Tile]) -> dict[str, tuple[int, int]]:
    """Return where each tile stands when empty columns and rows are closed, those without a place below the rest."""
    placed = {tile.name: tile.place for tile in tiles if tile.place is not None}
    columns = {x: at for at, x in enumerate(sorted({x for x, _ in placed.values()}))}
    rows = {y: at for at, y in enumerate(sorted({y for _, y in placed.values()}))}
    settled = {name: (columns[x], rows[y]) for name, (x, y) in placed.items()}
    wide = max(len(columns), 8)
    for count, tile in enumerate(one for one in tiles if one.place is None):
        settled[tile.name] = (count % wide, len(rows) + count // wide)
    return settled


def _tidy(axes: Axes, words: Phrasebook) -> None:
    axes.set_ylabel(words.line("reporters"), fontsize=8, color=_SOFT)
    axes.tick_params(labelsize=8, colors=_SOFT, length=0)
    axes.grid(axis="y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_GRID)


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    stream = io.BytesIO()
    # Half of the time would go into the last tenth of its size.
    figure.savefig(
        stream, format="png", facecolor="white", metadata={"Software": None}, pil_kwargs={"compress_level": 2}
    )
    return stream.getvalue()
