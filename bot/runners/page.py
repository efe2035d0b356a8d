"""The status page: a static site for the ministry, read without scripts, from the disk or from any web server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.deadline import late_days
from bot.language import VIETNAM, capitalize_first, day, moment
from bot.model import State
from bot.reply.board import DONE, Board

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.adapters.ledger import Ledger, SentPart, Shown, ShownMail, ShownPart
    from bot.model import Campaign, Reporter, Rulebook, Standing
    from bot.reply.board_lines import MatrixRow
    from bot.reply.render import Renderer

_MOST_FINDINGS = 200
"""So many findings of one part are printed; who needs all of them looks into the marked copy."""
_INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Site:
    """All that the page tells, at one moment."""

    ledger: Ledger
    rulebook: Rulebook
    """With what was granted to single reporters until now."""
    renderer: Renderer
    now: datetime
    campaigns: tuple[str, ...] = ()
    """The ids of those to be shown; none means those under way."""

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield each page by its path inside the site, the index last: what it points to is there before it."""
        campaigns = self._campaigns()
        here = {one.id for one in campaigns}
        standings = self.ledger.standing([one for one in self.rulebook.obligations if one.campaign in here])
        sent = self.ledger.sent_parts(sorted(here))
        yield from self._submissions(sent)
        yield from self._reporters(campaigns, standings, sent)
        yield from self._forms(campaigns, standings)
        by_campaign: dict[str, list[Standing]] = {one.id: [] for one in campaigns}
        for each in standings:
            by_campaign[each.obligation.campaign].append(each)
        drawn = [self._drawn(one, by_campaign[one.id]) for one in campaigns]
        yield _INDEX, self._render("index", campaigns=drawn, made=moment(self.now))

    def _campaigns(self) -> list[Campaign]:
        """Return the campaigns that are asked for, else those under way, and where none is, the last one that was."""
        if self.campaigns:
            return [one for one in self.rulebook.campaigns if one.id in self.campaigns]
        today = self.now.astimezone(VIETNAM).date()
        past = [one for one in self.rulebook.campaigns if one.followed and one.opened <= today]
        return list(self.rulebook.under_way(today)) or sorted(past, key=lambda one: one.opened)[-1:]

    def _render(self, template: str, **values: Any) -> str:
        return self.renderer.render_page(template, values)

    # -- the index -----------------------------------------------------------------------------------------------

    def _drawn(self, campaign: Campaign, standings: Sequence[Standing]) -> Mapping[str, object]:
        board = Board(campaign.id, standings, self.rulebook, self.now)
        matrix = board.draw_matrix()
        receipts = {(one.obligation.reporter, one.obligation.form): one.receipt for one in standings}
        groups = [
            {
                "title": drawn.title,
                "due": drawn.due,
                "forms": [
                    {"head": head, "href": _form_path(campaign.id, form)}
                    for head, form in zip(drawn.heads, group.forms, strict=True)
                ],
            }
            for drawn, group in zip(matrix.groups, board.groups, strict=True)
        ]

        def row(one: MatrixRow) -> Mapping[str, object]:
            groups = zip(one.marks, board.groups, strict=True)
            cells = [
                [
                    {"mark": mark, "href": _receipt_path(receipts.get((one.code, form), ""))}
                    for mark, form in zip(marks, group.forms, strict=True)
                ]
                for marks, group in groups
            ]
            return {"name": one.reporter, "href": f"don-vi/{one.code}.html", "cells": cells}

        return {
            "title": campaign.title,
            "complete": board.complete,
            "reporters": len(board.reporters),
            "milestones": board.list_milestones(),
            "groups": groups,
            "columns": matrix.columns,
            "regions": [{"title": one.name, "rows": [row(each) for each in one.rows]} for one in matrix.regions],
        }

    # -- one page for each ----------------------------------------------------------------------------------------

    def _reporters(
        self, campaigns: Sequence[Campaign], standings: Sequence[Standing], sent: Sequence[SentPart]
    ) -> Iterator[tuple[str, str]]:
        owed: dict[str, dict[str, list[Standing]]] = {}
        for one in standings:
            owed.setdefault(one.obligation.reporter, {}).setdefault(one.obligation.campaign, []).append(one)
        bodies = {one.code: one for one in self.rulebook.reporters}
        for code in dict.fromkeys([*owed, *(one.reporter for one in sent)]):
            own = [one for one in sent if one.reporter == code]
            told = [
                {"title": one.title, "rows": [self._standing(each, by_form=True) for each in owed[code][one.id]]}
                for one in campaigns
                if one.id in owed.get(code, {})
            ]
            values = {"name": self._name(code), "today": self._today(bodies.get(code)), "campaigns": told}
            yield f"don-vi/{code}.html", self._render("reporter", sent=[self._sent(one) for one in own[::-1]], **values)

    def _forms(self, campaigns: Sequence[Campaign], standings: Sequence[Standing]) -> Iterator[tuple[str, str]]:
        titles = {one.id: one.title for one in campaigns}
        by_form: dict[tuple[str, str], list[Standing]] = {}
        for one in standings:
            by_form.setdefault((one.obligation.campaign, one.obligation.form), []).append(one)
        for (campaign, form), own in by_form.items():
            yield (
                _form_path(campaign, form),
                self._render(
                    "form",
                    title=self.rulebook.title(campaign, form),
                    campaign=titles[campaign],
                    done=sum(one.state in DONE for one in own),
                    rows=[self._standing(one, by_form=False) for one in own],
                ),
            )

    def _submissions(self, sent: Sequence[SentPart]) -> Iterator[tuple[str, str]]:
        history: dict[tuple[str, str, str], list[SentPart]] = {}
        for one in sent:
            if one.form:
                history.setdefault((one.reporter, one.campaign, one.form), []).append(one)
        for receipt in dict.fromkeys(one.receipt for one in sent):
            shown = self.ledger.show(receipt)
            if shown is not None:
                yield _receipt_path(receipt), self._submission(shown, history)

    def _submission(self, shown: Shown, history: Mapping[tuple[str, str, str], Sequence[SentPart]]) -> str:
        def part(one: ShownPart) -> Mapping[str, object]:
            earlier = history.get((shown.reporter, one.campaign, one.form), ())
            return {
                "title": self.rulebook.title(one.campaign, one.form) if one.form else "",
                "file": one.file,
                "verdict": one.verdict.value,
                "revision": one.revision,
                "late_days": one.late_days,
                "rows": one.rows,
                "errors": one.errors,
                "queries": one.queries,
                "rulings": [
                    {"at": moment(each.at), "who": each.who, "act": each.act.value, "note": each.note}
                    for each in one.rulings
                ],
                "findings": one.findings[:_MOST_FINDINGS],
                "more": max(0, one.findings_total - _MOST_FINDINGS),
                "history": [self._sent(each) for each in earlier],
            }

        return self._render(
            "submission",
            receipt=shown.receipt,
            code=shown.reporter,
            name=self._name(shown.reporter),
            received=moment(shown.received_at),
            parts=[part(one) for one in shown.parts],
            documents=shown.documents,
            mails=[_mail(one) for one in shown.mails],
        )

    # -- lines ---------------------------------------------------------------------------------------------------

    def _standing(self, one: Standing, *, by_form: bool) -> Mapping[str, object]:
        owed = one.obligation
        path = _form_path(owed.campaign, owed.form) if by_form else f"don-vi/{owed.reporter}.html"
        overdue = 0 if one.state in DONE else late_days(owed.deadline, self.now, self.rulebook.workdays)
        silent = "overdue" if overdue else "none"
        return {
            "href": f"../{path}",
            "title": self.rulebook.title(owed.campaign, owed.form) if by_form else self._name(owed.reporter),
            "due": owed.deadline.words if owed.deadline else "",
            "state": silent if one.state is State.NOTHING else one.state.value,
            "late_days": one.late_days,
            "overdue_days": overdue,
            "revision": one.revision,
            "received": day(one.when.astimezone(VIETNAM).date()) if one.when else "",
            "queries": one.queries,
            "receipt": one.receipt,
        }

    def _sent(self, one: SentPart) -> Mapping[str, object]:
        return {
            "receipt": one.receipt,
            "received": moment(one.received_at),
            "title": self.rulebook.title(one.campaign, one.form) if one.form else one.file,
            "revision": one.revision,
            "state": one.counts_as,
            "errors": one.errors,
            "queries": one.queries,
        }

    def _name(self, code: str) -> str:
        return next((one.full_name for one in self.rulebook.reporters if one.code == code), code)

    def _today(self, reporter: Reporter | None) -> str:
        """Return the body in which a reporter lies today; nothing where it is itself."""
        known = {one.code: one for one in self.rulebook.reporters}
        body = reporter
        while body is not None and body.successor in known:
            body = known[body.successor]
        return "" if body is None or body is reporter else body.full_name


def _form_path(campaign: str, form: str) -> str:
    return f"bieu/{campaign}_{form}.html"


def _receipt_path(receipt: str) -> str:
    return f"bien-nhan/{receipt}.html" if receipt else ""


def _mail(one: ShownMail) -> Mapping[str, object]:
    sent = moment(one.sent_at) if one.sent_at else ""
    return {"subject": capitalize_first(one.subject), "sent": sent, "dead": one.dead_at is not None}
