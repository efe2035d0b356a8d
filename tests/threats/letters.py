"""Forms and mails of one province, good until a test makes them bad."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.demo import mistakes
from bot.demo.drawing import draw_xlsx
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from tests.flow.letters import letter

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE = "Nghệ An"
NAME = "Bieu I.1.xlsx"


@cache
def form(seed: int = 2) -> bytes:
    """Return a form I.1 that is accepted."""
    return draw_xlsx(make_parks_book(province(PLACE), seed))


@cache
def bad_form() -> bytes:
    """Return a form I.1 that is returned."""
    return draw_xlsx(mistakes.lease_more_than_there_is(make_parks_book(province(PLACE), 2)).book)


def mail(
    files: Mapping[str, bytes] | None = None,
    number: int = 1,
    subject: str = "Biểu I.1",
    *,
    sender: str = province(PLACE).address,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a mail of the province with these files, by default a good form."""
    given = {NAME: form()} if files is None else files
    message_id = f"{number}@may-cua-{sender.partition('@')[0]}.example"
    return letter(subject, given, sender=sender, message_id=message_id, headers=headers)
