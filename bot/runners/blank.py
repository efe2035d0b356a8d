"""The blank forms of a reporter, begun with what it sent last: to be enclosed in a mail, or written to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from bot.check.tables import fit
from bot.dataset.keep import count_kept, read_kept
from bot.model import Enclosure, Outcome, RefusalReason
from bot.reply.names import find_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.model import Campaign, Decision, Form, History, Reporter, Rulebook

MOST_BLANKS = 24
"""In one mail: some more than the largest campaign asks for. Drawing one takes about 30 ms and gives about 12 kB."""
MOST_EARLIER = 1000
"""Rows that a blank in a mail is begun with (0.6 s, 140 kB). Who keeps more has a file of its own to go on with, and a
blank with some of the rows would look as if the others were gone: then it is begun with none."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


MOST_OWED = 6
"""Blanks for a file that is none of our forms: where more is owed, nobody can know which one was meant."""
_NO_FORM = frozenset({RefusalReason.UNKNOWN_FORM, RefusalReason.OTHER_MINISTRY})


def blanks_that_help(decision: Decision) -> tuple[tuple[str, str], ...]:
    """Return campaign and form of the blanks that belong into the reply, because what came was not the right form.

    Of a refused file those that it was probably meant to be; of one that is none of our forms, all that is still owed,
    if that is not more than MOST_OWED.
    """
    meant = tuple(one for part in decision.parts for one in part.forms)
    if meant or decision.reason not in _NO_FORM or len(decision.owed) > MOST_OWED:
        return meant
    return tuple((one.obligation.campaign, one.obligation.form) for one in decision.owed)


class BlankMaker:
    """Draws blanks for the mails of one rulebook; nothing is loaded before the first one is asked for.

    *secret* makes the tokens that they bear; without one they bear none.
    """

    def __init__(self, rulebook: Rulebook, templates: Mapping[str, str], secret: bytes = b"") -> None:
        self._rulebook = rulebook
        self._templates = templates
        self._secret = secret

    def enclose(self, wanted: Iterable[tuple[str, str]], reporter: Reporter, history: History) -> tuple[Enclosure, ...]:
        """Return the blanks of *wanted* for *reporter*, in that order, each form once, at most MOST_BLANKS of them.

        What is over that number is left out: the mail names the files that come with it. A blank is begun with the
        rows that were accepted last (``earlier_rows``), unless they are more than MOST_EARLIER.

        Args:
            wanted: campaign and form, as an obligation names them; narratives have no blank and are passed over.
            reporter: for whom.
            history: its settled parts, with the tables that the vault still keeps (``with_files``).

        Raises jinja2.TemplateError where ``_blank.txt`` is wrong, and what ``read_kept`` raises.
        """
        known = [(one, find_form(self._rulebook, *one)) for one in dict.fromkeys(wanted)]
        forms = [(campaign, form) for (campaign, _), form in known if form is not None]
        if not forms:
            return ()
        # Most mails need no blank, and drawing one loads a library of its own.
        from bot.reply.blank import build_blank
        from bot.reply.blank_words import BlankWords

        words = BlankWords(self._templates)
        enclosures: dict[str, Enclosure] = {}
        for campaign_id, form in forms[:MOST_BLANKS]:
            campaign = self._rulebook.campaign(campaign_id)
            earlier = earlier_rows(self._rulebook, history, form, campaign, most=MOST_EARLIER)
            blank = build_blank(form, reporter, campaign, words, earlier=earlier, secret=self._secret)
            # Two campaigns may each have a form DM.
            name = blank.name if blank.name not in enclosures else f"{len(enclosures) + 1}-{blank.name}"
            enclosures[name] = Enclosure(name, blank.data, _XLSX)
        return tuple(enclosures.values())


def earlier_rows(
    rulebook: Rulebook, history: History, form: Form, campaign: Campaign, *, most: int | None = None
) -> pa.Table | None:
    """Return the rows with which a blank of *form* begins; None where there are none, or more than *most*.

    Those that were accepted last in *campaign* itself are whole. Of an earlier period only what says which things
    there are is taken (names, codes, choices, days): its figures would pass for those of the new one. A list of
    indicators has nothing but figures, so it begins empty.
    """
    opened = {one.id: one.opened for one in rulebook.campaigns if one.family == form.campaign}
    accepted = [
        one
        for one in history.settled
        if one.form == form.id
        and one.verdict is Outcome.ACCEPTED
        and one.table in history.kept
        and one.campaign in opened
        and opened[one.campaign] <= campaign.opened
    ]
    last = max(accepted, key=lambda one: (opened[one.campaign], one.received_at), default=None)
    if last is None or (most is not None and count_kept(history.kept[last.table]) > most):
        return None
    rows = fit(form, read_kept(history.kept[last.table]))
    if last.campaign == campaign.id:
        return rows
    return None if form.layout == "indicators" else _without_figures(form, rows)


def _without_figures(form: Form, rows: pa.Table) -> pa.Table:
    for column in form.columns:
        if column.is_figure and column.key not in form.row_key:
            at = rows.schema.get_field_index(column.key)
            rows = rows.set_column(at, column.key, pa.nulls(rows.num_rows, rows.schema.field(at).type))
    return rows
