"""Units of one kind and how they scale: for amounts that are written in another unit than the column's."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from bot.language import fold

KINDS: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...] = (
    (("1", ("m²", "m2", "mét vuông")), ("10000", ("ha", "hecta", "héc ta")), ("1000000", ("km²", "km2"))),
    (
        ("1", ("đồng", "VND", "VNĐ")),
        ("1000", ("nghìn đồng", "ngàn đồng")),
        ("1000000", ("triệu đồng", "triệu VND", "tr đồng")),
        ("1000000000", ("tỷ đồng", "tỷ VND")),
    ),
    (("1", ("USD", "đô la Mỹ")), ("1000", ("nghìn USD",)), ("1000000", ("triệu USD", "tr USD"))),
)
"""Each kind of unit, from the smallest: how many of the smallest it holds, and its names, the usual one first. A bare
"triệu" may be đồng or dollars, and is none of them."""


@cache
def scales() -> tuple[dict[str, Decimal], ...]:
    """Return for each kind the size of every unit by its folded name."""
    return tuple({fold(name): Decimal(size) for size, names in kind for name in names} for kind in KINDS)


@cache
def neighbours(unit: str) -> tuple[tuple[str, Decimal], ...]:
    """Return the other units of the kind of *unit* by their usual names, each with how many of it make one *unit*.

    ``neighbours("ha")`` holds ``("m²", 10000)``; nothing for a unit that is not known.
    """
    wanted = fold(unit)
    for kind, sizes in zip(KINDS, scales(), strict=True):
        if wanted in sizes:
            others = ((names[0], sizes[wanted] / Decimal(size)) for size, names in kind)
            return tuple((name, factor) for name, factor in others if factor != 1)
    return ()
