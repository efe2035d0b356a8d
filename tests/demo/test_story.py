"""The whole story through the pure packages: every mail ends as its post says, in the order of the campaign."""

from __future__ import annotations

import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.decide.verdict import decide, remember
from bot.demo.letters import Post, contacts_csv, make_posts
from bot.demo.talk_story import tell_talks
from bot.message import parse_message
from bot.model import (
    Decision,
    Heading,
    Held,
    History,
    Ignored,
    Outcome,
    Part,
    Refusal,
    RefusalReason,
    Rulebook,
    Severity,
    Submission,
)
from bot.runners.case import Case
from bot.runners.judge import Judge
from bot.submission import open_submission
from tests.flow.office import TRUST

RECEIPT = "12-00-0000"
TALKS = {post.raw: post.reporter for post in tell_talks(2012)}
"""What is answered from the ledger, which is not here: ``test_talks`` has it."""
REASONS = {
    "Tệp có mật khẩu": RefusalReason.ENCRYPTED,
    "Tệp rỗng (0 byte)": RefusalReason.EMPTY_FILE,
    "Tệp bị cắt cụt": RefusalReason.DAMAGED,
    "Thư đứt giữa đường truyền, tệp thiếu phần cuối": RefusalReason.DAMAGED,
    "Quên đính kèm tệp, chỉ có biểu trưng trong chữ ký": RefusalReason.NO_ATTACHMENT,
    "Biểu I.1: gửi biểu chưa có dòng nào": RefusalReason.EMPTY_FORM,
    "Biểu I.1: tệp ghi tên tỉnh khác": RefusalReason.OTHER_REPORTER,
    "Phụ lục II: biểu không ghi tiêu đề, tỉnh có cả hai loại KKT": RefusalReason.AMBIGUOUS_FORM,
}


class Office:
    """The bot without its world: it remembers what it settled, and nothing else."""

    def __init__(self) -> None:
        loaded = load_rulebook(read_rules(None), contacts_csv())
        assert isinstance(loaded, Rulebook), loaded
        self.rulebook = loaded
        self.reader = Judge(loaded)
        self.histories: dict[str, History] = {}
        self.known: dict[str, Decision | Outcome] = {}

    def handle(self, post: Post) -> Decision | Outcome:
        message = parse_message(post.arrived, post.sent_at, trust=TRUST)
        if message.sha256 not in self.known:
            fate = open_submission(message, self.rulebook, TRUST)
            match fate:
                case Held():
                    self.known[message.sha256] = Outcome.HELD
                case Ignored():
                    self.known[message.sha256] = Outcome.IGNORED
                case Refusal() | Submission():
                    self.known[message.sha256] = self.judge(post, message.heading, fate)
        return self.known[message.sha256]

    def judge(self, post: Post, heading: Heading, fate: Submission | Refusal) -> Decision:
        history = self.histories.get(fate.reporter.code, History())
        if isinstance(fate, Refusal):
            parts: tuple[Part, ...] = (Part("", "", Outcome.REFUSED, fate.reason),)
        else:
            parts = self.reader.judge(fate.files, Case(fate.reporter, history, post.sent_at), RECEIPT)
        decision = decide(
            heading,
            parts,
            receipt=RECEIPT,
            received_at=post.sent_at,
            reporter=fate.reporter.code,
            rulebook=self.rulebook,
            history=history,
            days_left=lambda _: None,
        )
        self.histories[fate.reporter.code] = remember(history, decision.parts, RECEIPT, post.sent_at)
        return decision


@pytest.fixture(scope="module")
def ends() -> list[tuple[Post, Decision | Outcome]]:
    office = Office()
    return [(post, office.handle(post)) for post in make_posts() if post.raw not in TALKS]


def test_every_mail_ends_as_its_post_says(ends: list[tuple[Post, Decision | Outcome]]) -> None:
    wrong = []
    for post, end in ends:
        outcome = end.outcome if isinstance(end, Decision) else end
        if outcome is not post.expect:
            wrong.append((post.title, post.reporter, post.expect, end))
    assert wrong == []


def test_whatever_is_returned_says_what_is_wrong_where_and_how_to_put_it_right(
    ends: list[tuple[Post, Decision | Outcome]],
) -> None:
    parts = [part for _, end in ends if isinstance(end, Decision) for part in end.parts]
    returned = [part for part in parts if part.verdict is Outcome.RETURNED]
    assert returned
    for part in returned:
        errors = part.of(Severity.ERROR)
        assert errors, part.file
        assert all(one.say and one.fix and (one.place.sheet or one.place.column) for one in errors), part.file
    assert all(part.reason for part in parts if part.verdict is Outcome.REFUSED)


def test_every_refusal_names_its_true_cause(ends: list[tuple[Post, Decision | Outcome]]) -> None:
    found = {post.title: end.reason for post, end in ends if isinstance(end, Decision) and end.reason}
    assert found == REASONS


def test_every_returned_form_is_sent_again_and_accepted(ends: list[tuple[Post, Decision | Outcome]]) -> None:
    last = {
        (end.reporter, part.form): part.verdict
        for _, end in ends
        if isinstance(end, Decision)
        for part in end.parts
        if part.form and part.verdict is not Outcome.DUPLICATE and end.reporter not in TALKS.values()
    }
    assert set(last.values()) == {Outcome.ACCEPTED}


def test_good_mails_leave_nothing_to_explain(ends: list[tuple[Post, Decision | Outcome]]) -> None:
    for post, end in ends:
        if "đạt yêu cầu" in post.title:
            assert isinstance(end, Decision)
            assert {part.findings for part in end.parts} == {()}, post.title
