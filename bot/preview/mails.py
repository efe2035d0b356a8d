"""One sample of every mail, and of every variant of it that reads differently: written as the real ones are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from jinja2 import TemplateError

from bot.deadline import days_left
from bot.decide.halves import list_owed
from bot.language import VIETNAM
from bot.preview.agreements import AGREEMENTS
from bot.preview.answers import ANSWERS
from bot.preview.campaign import PERIODIC, RULEBOOK
from bot.preview.files import FileWords, blank_sample, mark_sample
from bot.preview.halves import ANNEX, HALVES, HALVES_DECISIONS, SCAN, standings
from bot.preview.officer import HEARD, TRANSCRIPTS
from bot.preview.samples import (
    ALERTS,
    DECISIONS,
    DIGEST,
    DIGEST_NOW,
    HEADING,
    NOW,
    OWED_1,
    OWED_34,
    SHA,
    UNMARKED,
    WRONG_PERIOD,
    owed,
)
from bot.preview.wide import (
    AFTERWARDS,
    NGHE_AN,
    ON_TIME,
    OPEN_DIGEST,
    WIDE,
    WIDE_DECISIONS,
    WIDE_DIGEST,
    WIDE_STANDINGS,
)
from bot.preview.wide import owed as owed_of_many
from bot.reply.compose import Sender
from bot.reply.mistakes import SLIPS, TemplateMistake, locate
from bot.reply.render import Renderer
from bot.reply.write import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.model import Decision, Outgoing, Rulebook, Standing, Transcript
    from bot.reply.digest import DigestFacts
    from bot.reply.notices import AlertFacts

SENDER = Sender("baocao@bo.example", "Hệ thống tiếp nhận báo cáo", "bo.example")
_LATE = datetime(2012, 7, 18, 8, 0, tzinfo=VIETNAM)
_MINISTRY, _OPERATOR = ("vu@bo.example",), ("truc@bo.example",)


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail with made-up data."""

    rulebook: Rulebook
    now: datetime
    """When it is sent."""
    build: Callable[[Writer, FileWords], Outgoing | None]


class Gallery:
    """Writes the sample mails with the given templates, each when it is asked for."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        """Raise jinja2.TemplateError where what all templates share is missing or wrong: ``open_gallery`` tells it."""
        self._renderer = Renderer(templates)
        self._words = FileWords.of(templates)

    def write(self, name: str) -> Outgoing | TemplateMistake:
        """Return the mail of that name in SAMPLES, or what is wrong in its templates."""
        sample = SAMPLES[name]
        try:
            outgoing = sample.build(Writer(self._renderer, sample.rulebook), self._words)
        except (TemplateError, *SLIPS) as problem:
            mistake = self._renderer.locate(problem)
            if mistake is None:
                raise
            return mistake
        if outgoing is None:
            raise ValueError(f"{name} is a mail to nobody")
        return outgoing

    def find_mistakes(self) -> tuple[TemplateMistake, ...]:
        """Write every mail; return what is wrong in the templates, each mistake once."""
        written = (self.write(name) for name in SAMPLES)
        return tuple(dict.fromkeys(one for one in written if isinstance(one, TemplateMistake)))


def open_gallery(templates: Mapping[str, str]) -> Gallery | TemplateMistake:
    """Return the gallery, or what is wrong in the files that all templates share."""
    try:
        return Gallery(templates)
    except TemplateError as problem:
        return locate(problem, ()) or TemplateMistake("", 0, str(problem))


def _reply(given: Decision, rulebook: Rulebook, writer: Writer, words: FileWords) -> Outgoing | None:
    is_marked = any(part.findings for part in given.parts) and given is not DECISIONS[UNMARKED]
    copies = [mark_sample(given, words.marked)] if is_marked else []
    asked = given.help.wanted if given.help else ()
    meant = dict.fromkeys(form for _, form in (*asked, *(one for part in given.parts for one in part.forms)))
    blanks = [blank_sample(words.blank, rulebook, form) for form in meant]
    return writer.build_reply(given, HEADING, SHA, given.received_at, marked=copies, blanks=blanks)


def _digest(facts: DigestFacts, now: datetime, writer: Writer, _: FileWords) -> Outgoing:
    return writer.build_digest(facts, _MINISTRY, now)


def _remind(writer: Writer, _: FileWords) -> Outgoing | None:
    reporter = RULEBOOK.reporter("40")
    return writer.build_reminder(reporter, RULEBOOK.campaigns[0], [OWED_1, OWED_34], "remind:c/40/3", NOW)


def _remind_late(writer: Writer, words: FileWords) -> Outgoing | None:
    return writer.build_reminder(
        RULEBOOK.reporter("40"),
        RULEBOOK.campaigns[0],
        [owed("I.1", -3, "12-40-0031")],
        "remind:c/40/late",
        _LATE,
        accepted=DIGEST.standings[3:4],
        blanks=[blank_sample(words.blank)],
    )


def _remind_of_many(writer: Writer, _: FileWords) -> Outgoing | None:
    due = [one for one in owed_of_many(ON_TIME, "I.1", "I.2", returned={"I.4": "12-40-0031"}) if one.days_left == 2]
    done = [one for one in WIDE_STANDINGS if one.obligation.reporter == "40"][:2]
    return writer.build_reminder(NGHE_AN, WIDE.campaigns[0], due, "remind:c/40/1", ON_TIME, accepted=done)


def _receipt(writer: Writer, _: FileWords) -> Outgoing | None:
    return writer.build_receipt(HEADING, SHA, "12-40-0031", NOW, "40")


def _remind_of_halves(given: tuple[Standing, ...], writer: Writer, _: FileWords) -> Outgoing | None:
    due = [one for one in given if one.obligation.signed == SCAN.form]
    owed = list_owed(due, HALVES, lambda deadline: days_left(deadline, NOW))
    return writer.build_reminder(NGHE_AN, HALVES.campaigns[0], owed, "remind:c/40/3", NOW)


def _alert(facts: AlertFacts, writer: Writer, _: FileWords) -> Outgoing:
    return writer.build_alert(facts, _OPERATOR)


def _transcript(given: Transcript, writer: Writer, _: FileWords) -> Outgoing | None:
    return writer.build_transcript(given, HEADING, SHA, HEARD, NOW)


def _sample(given: Decision, rulebook: Rulebook) -> Sample:
    return Sample(rulebook, given.received_at, partial(_reply, given, rulebook))


SAMPLES: dict[str, Sample] = {
    **{name: _sample(given, RULEBOOK) for name, given in DECISIONS.items()},
    **{name: _sample(given, RULEBOOK) for name, given in (ANSWERS | AGREEMENTS).items()},
    **{name: _sample(given, WIDE) for name, given in WIDE_DECISIONS.items()},
    "refuse_wrong_period": _sample(WRONG_PERIOD, PERIODIC),
    "receipt": Sample(RULEBOOK, NOW, _receipt),
    **{name: _sample(given, HALVES) for name, given in HALVES_DECISIONS.items()},
    "reminder": Sample(RULEBOOK, NOW, _remind),
    "reminder_overdue": Sample(RULEBOOK, _LATE, _remind_late),
    "reminder_many_forms": Sample(WIDE, ON_TIME, _remind_of_many),
    "reminder_of_signed_copy": Sample(HALVES, NOW, partial(_remind_of_halves, standings(ANNEX))),
    "reminder_of_files": Sample(HALVES, NOW, partial(_remind_of_halves, standings(("I.1",), SCAN))),
    "digest": Sample(RULEBOOK, DIGEST_NOW, partial(_digest, DIGEST, DIGEST_NOW)),
    "digest_many_forms": Sample(WIDE, AFTERWARDS, partial(_digest, WIDE_DIGEST, AFTERWARDS)),
    "digest_without_deadline": Sample(WIDE, AFTERWARDS, partial(_digest, OPEN_DIGEST, AFTERWARDS)),
    **{name: Sample(RULEBOOK, facts.occurred_at, partial(_alert, facts)) for name, facts in ALERTS.items()},
    **{name: Sample(RULEBOOK, NOW, partial(_transcript, given)) for name, given in TRANSCRIPTS.items()},
}
"""Each begins with the name of its mail's folder; a variant has more words behind it."""
