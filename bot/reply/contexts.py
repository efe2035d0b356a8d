"""What a template may see: one frozen type per mail, plain values only.

A context holds strings, numbers, tuples and nested contexts, so that it survives a JSON round trip
(``dataclasses.asdict``): a mail can be shown again years later from what was stored. Text of foreign origin in it is
always one clean line. Days are calendar days; dates and instants are already written as people read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import RefusalReason
from bot.reply.answers import AnswerAgreement, AnswerBlanks, AnswerGuide, AnswerNil, AnswerNoted, AnswerStatus
from bot.reply.letter import Letter, Reply
from bot.reply.officer import OfficerConfirm, OfficerTranscript

if TYPE_CHECKING:
    from bot.reply.board import Progress
    from bot.reply.board_lines import (
        BouncedLine,
        CallLine,
        ExtendedLine,
        FrequentLine,
        KeptLine,
        LifeLine,
        Matrix,
        Milestone,
        RegionNames,
        SaidLine,
    )
    from bot.reply.lines import AskedLine, Due, FindingLine, NoteLine, Repairs
    from bot.reply.owed import OwedGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Reply):
    """A reply about forms that were read."""

    forms: str
    """All forms of the mail in few words, for the subject."""
    form_count: int
    accepted: str
    """Those accepted with rows."""
    nil: str
    """Those accepted as having nothing to tell."""
    returned: str
    returned_count: int
    kept: str
    """Of the returned forms those of which an earlier accepted revision still counts."""
    kept_receipts: tuple[str, ...]
    settled: str
    """Forms whose content was already settled."""
    next_due: Due
    """The nearest deadline of what is still owed."""
    overdue: int
    """How much of what is still owed is overdue."""
    unread: int
    """How many files could not be read."""
    due: Due
    """Of the forms that are returned or asked about: the nearest."""
    errors: tuple[FindingLine, ...]
    queries: tuple[FindingLine, ...]
    error_count: int
    """All of them, shown or not."""
    query_count: int
    rest: int
    """How many errors and queries the mail does not show."""
    notes: tuple[NoteLine, ...]
    repairs: Repairs
    agreed: str
    """The receipt of the revision to whose repairs the reporter has agreed, so that this one is judged with them."""
    marked: tuple[str, ...]
    """Names of the marked copies that are attached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAccepted(Checked):
    """No finding of severity error; queries may be open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReturned(Checked):
    """Something must be corrected, or one of several files could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTrial(Checked):
    """A trial: all is checked, nothing is counted."""

    would_be: str
    """A value of bot.model.Outcome: what the mail would be if it were sent in earnest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDuplicate(Reply):
    """The same content, already settled."""

    forms: str
    form_count: int
    receipts: tuple[str, ...]
    """Under which it was settled."""
    open: str
    """Forms whose settled content was returned, so that the reporter still owes a corrected file."""
    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySigned(Reply):
    """Nothing but signed copies came."""

    names: str
    """Of what they are the signed copies."""
    missing_forms: str
    """The forms that belong to them and whose workbook has not come."""
    missing_texts: str
    """Likewise the narratives."""
    due: Due
    """By when what is missing is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Reply):
    """What could not become a submission: the first file of that reason is named."""

    file: str
    form: str
    detail: str
    due: Due
    """Of the form, or the nearest that the reporter owes."""
    asked: str
    """Where the period is wrong: the one that is asked for, with its days, as ``detail`` is then written too."""
    files: bool
    """Several files are refused for this reason, not one."""
    twins: bool
    """The forms that ``detail`` names carry the same number, so that the number alone does not tell them apart."""
    nil_allowed: bool
    """Whether "Không có" is an answer to the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseNoAttachment(Refusal):
    """No file at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseWrongType(Refusal):
    """Not a data file; ``detail`` says what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseEmptyFile(Refusal):
    """Zero bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseEncrypted(Refusal):
    """A password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseDamaged(Refusal):
    """Cut off, or broken inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseTooLarge(Refusal):
    """Over a limit; ``detail`` says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseUnknownForm(Refusal):
    """A workbook without any of our forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseAmbiguousForm(Refusal):
    """A sheet that fits two forms; ``detail`` names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseEmptyForm(Refusal):
    """A form without a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOldVersion(Refusal):
    """An earlier layout of the form; ``detail`` names it where the rules do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseWrongPeriod(Refusal):
    """A period that cannot be meant: ``detail``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseSameFormTwice(Refusal):
    """One form twice, with different rows; ``detail`` names the sheets, or the files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOtherReporter(Refusal):
    """The file names another reporter: ``detail``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOtherMinistry(Refusal):
    """The form is one that another mailbox collects; ``detail`` names its campaign and ministry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseLinkOnly(Refusal):
    """No file, only a link to a file store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseProtected(Refusal):
    """The mail itself is encrypted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Letter):
    """Sender unknown or not authenticated: a neutral mail, with no data of anyone in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSender(Letter):
    """Our fault, told to the sender."""

    addressee: str
    receipt: str
    received: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Letter):
    """A mail has come and waits: told at once, the verdict follows."""

    addressee: str
    receipt: str
    received: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOperator(Letter):
    """Something that a person of the operator must look at."""

    matter: str
    """``message``: set aside after its tries; ``delivery``: a mail of ours was refused for good; ``silence``: an
    address, or everybody, is above a cap on answers."""
    receipt: str
    occurred: str
    reporter: str
    other_side: str
    """The address at the other end."""
    tries: int
    cause: str
    caps: tuple[int, int, int]
    """Of a silence: the most mails to one address in an hour and in 24 hours, and to all in an hour."""
    trouble: str
    """What is not well with the daemon (``trouble``), or was until now (``over``)."""
    cure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(Letter):
    """What a reporter still owes."""

    addressee: str
    reporter: str
    today: str
    due: Due
    owed: tuple[OwedGroup, ...]
    received: str
    """Forms that were accepted already."""
    nil_forms: str
    """Of what is owed: forms to which "Không có" is an answer."""
    files: bool
    """Whether any file is missing."""
    copies: bool
    """Whether any signed copy is missing."""
    enclosed: tuple[str, ...]
    """Names of the files that come with it."""
    asked: tuple[AskedLine, ...]
    """Accepted forms about which something is still to be explained."""
    others: tuple[str, ...]
    """Titles of further campaigns that *owed* belongs to."""
    copied: bool
    """The head of the office gets a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest(Letter):
    """The week, for the ministry."""

    year: int
    week: int
    today: str
    reporters: int
    complete: int
    """How many reporters have everything accepted."""
    gained: tuple[str, ...]
    """Reporters of which a form was accepted this week."""
    sent_back: tuple[str, ...]
    """Reporters of which a form was returned this week and is still open."""
    silent: tuple[RegionNames, ...]
    """Reporters of which nothing has ever come; empty where *calls* names them all."""
    silent_count: int
    due: Due
    """The nearest deadline that is still open."""
    focus: Milestone | None
    """The deadline that matters most today; None where the letter gives none."""
    milestones: tuple[Milestone, ...]
    progress: tuple[Progress, ...]
    matrix: Matrix
    calls: tuple[CallLine, ...]
    """Who is overdue, reporters that miss the same in one line."""
    more_calls: tuple[CallLine, ...]
    """Those that miss less than who is in *calls*."""
    call_count: int
    """How many reporters are overdue."""
    bounced: tuple[BouncedLine, ...]
    """Addresses from which a mail came back; nothing is sent there any more."""
    unreachable: tuple[str, ...]
    """Reporters that owe something and have no address to which one can write."""
    extended: tuple[ExtendedLine, ...]
    held: tuple[KeptLine, ...]
    set_aside: tuple[KeptLine, ...]
    frequent: tuple[FrequentLine, ...]
    trial: tuple[FrequentLine, ...]
    """What rules on trial found; no reporter is told."""
    slips: tuple[FrequentLine, ...]
    """Columns that seem to be written in another unit."""
    said: tuple[SaidLine, ...]
    """What reporters said about findings this week, doubts about rules first."""
    more_said: int
    """How many of them only the workbook tells."""
    life: LifeLine
    burn_up: str
    """Content-ID of the picture of how each deadline filled up."""
    tiles: str
    """Content-ID of the map."""


REFUSALS: dict[RefusalReason, type[Refusal]] = {
    RefusalReason.NO_ATTACHMENT: RefuseNoAttachment,
    RefusalReason.WRONG_TYPE: RefuseWrongType,
    RefusalReason.EMPTY_FILE: RefuseEmptyFile,
    RefusalReason.ENCRYPTED: RefuseEncrypted,
    RefusalReason.DAMAGED: RefuseDamaged,
    RefusalReason.TOO_LARGE: RefuseTooLarge,
    RefusalReason.UNKNOWN_FORM: RefuseUnknownForm,
    RefusalReason.AMBIGUOUS_FORM: RefuseAmbiguousForm,
    RefusalReason.EMPTY_FORM: RefuseEmptyForm,
    RefusalReason.OLD_VERSION: RefuseOldVersion,
    RefusalReason.WRONG_PERIOD: RefuseWrongPeriod,
    RefusalReason.SAME_FORM_TWICE: RefuseSameFormTwice,
    RefusalReason.OTHER_REPORTER: RefuseOtherReporter,
    RefusalReason.OTHER_MINISTRY: RefuseOtherMinistry,
    RefusalReason.LINK_ONLY: RefuseLinkOnly,
    RefusalReason.PROTECTED: RefuseProtected,
}

KINDS: dict[type[Letter], str] = {
    ReplyAccepted: "reply_accepted",
    ReplyReturned: "reply_returned",
    ReplyTrial: "reply_trial",
    ReplyDuplicate: "reply_duplicate",
    AnswerNoted: "answer_noted",
    AnswerNil: "answer_nil",
    AnswerAgreement: "answer_agreement",
    ReplySigned: "reply_signed",
    AnswerBlanks: "answer_blanks",
    AnswerStatus: "answer_status",
    AnswerGuide: "answer_guide",
    **{context: f"refuse_{reason}" for reason, context in REFUSALS.items()},
    Held: "held",
    FaultSender: "fault_sender",
    Receipt: "receipt",
    AlertOperator: "alert_operator",
    Reminder: "reminder",
    Digest: "digest",
    OfficerTranscript: "officer_transcript",
    OfficerConfirm: "officer_confirm",
}
"""Each context has one mail, and each mail has one folder in templates/."""
