"""The whole story through the pure packages: every mail ends as its post says, in the order of the campaign."""

from __future__ import annotations

import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.check.run import Checker
from bot.decide import decide, judge_table, refuse_file, repeat_file
from bot.demo.letters import Post, contacts_csv, make_posts
from bot.language import VIETNAM
from bot.message import parse_message
from bot.model import (
    Attachment,
    Decision,
    Heading,
    Held,
    History,
    Ignored,
    Outcome,
    Part,
    Refusal,
    RefusalReason,
    Reporter,
    Rulebook,
    Settled,
    Submission,
    Unreadable,
)
from bot.sheet.identify import Match, Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, Workbook, read_workbook
from bot.submission import open_submission, other_reporter

REASONS = {
    "Tệp có mật khẩu": RefusalReason.ENCRYPTED,
    "Tệp rỗng (0 byte)": RefusalReason.EMPTY_FILE,
    "Tệp bị cắt cụt": RefusalReason.DAMAGED,
    "Thư đứt giữa đường truyền, tệp thiếu phần cuối": RefusalReason.DAMAGED,
    "Chỉ có bản chụp PDF": RefusalReason.WRONG_TYPE,
    "Chỉ có ảnh chụp": RefusalReason.WRONG_TYPE,
    "Gửi tệp nén": RefusalReason.WRONG_TYPE,
    "Quên đính kèm tệp, chỉ có biểu trưng trong chữ ký": RefusalReason.NO_ATTACHMENT,
    "Biểu I.1: gửi biểu chưa có dòng nào": RefusalReason.EMPTY_FORM,
    "Biểu I.1: tệp ghi tên tỉnh khác": RefusalReason.OTHER_REPORTER,
}


class Office:
    """The bot without its world: it remembers what it settled, and nothing else."""

    def __init__(self) -> None:
        loaded = load_rulebook(read_rules(None), contacts_csv())
        assert isinstance(loaded, Rulebook), loaded
        self.rulebook = loaded
        self.checker = Checker()
        self.settled: dict[str, list[Settled]] = {}
        self.known: dict[str, Decision | Outcome] = {}

    def handle(self, post: Post) -> Decision | Outcome:
        message = parse_message(post.raw, post.sent_at)
        if message.sha256 not in self.known:
            fate = open_submission(message, self.rulebook)
            match fate:
                case Held():
                    self.known[message.sha256] = Outcome.HELD
                case Ignored():
                    self.known[message.sha256] = Outcome.IGNORED
                case Refusal() | Submission():
                    self.known[message.sha256] = self.judge(post, message.heading, fate)
        return self.known[message.sha256]

    def judge(self, post: Post, heading: Heading, fate: Submission | Refusal) -> Decision:
        history = History(tuple(self.settled.get(fate.reporter.code, ())))
        if isinstance(fate, Refusal):
            parts: tuple[Part, ...] = (Part("", "", Outcome.REFUSED, fate.reason),)
        else:
            parts = tuple(part for file in fate.files for part in self.read(file, fate.reporter, history, post))
        decision = decide(
            heading,
            parts,
            receipt="12-00-0000",
            received_at=post.sent_at,
            reporter=fate.reporter.code,
            rulebook=self.rulebook,
            history=history,
            days_left=lambda _: None,
        )
        self.settled.setdefault(fate.reporter.code, []).extend(
            Settled(one.campaign, one.form, one.verdict, one.revision, one.content, "12-00-0000", post.sent_at)
            for one in decision.parts
            if one.form and one.verdict in {Outcome.ACCEPTED, Outcome.RETURNED}
        )
        return decision

    def read(self, file: Attachment, reporter: Reporter, history: History, post: Post) -> tuple[Part, ...]:
        if repeated := repeat_file(file, history):
            return repeated
        if file.damaged:
            return (refuse_file(file, Unreadable(RefusalReason.DAMAGED)),)
        workbook = read_workbook(file.data, Limits())
        if isinstance(workbook, Unreadable):
            return (refuse_file(file, workbook),)
        matches = identify(workbook, Vocabulary.of(self.rulebook.forms))
        if isinstance(matches, Unreadable):
            return (refuse_file(file, matches),)
        return tuple(self.check(file, workbook, match, reporter, history, post) for match in matches)

    def check(
        self, file: Attachment, workbook: Workbook, match: Match, reporter: Reporter, history: History, post: Post
    ) -> Part:
        read = read_table(workbook, match)
        if isinstance(read, Unreadable):
            return refuse_file(file, read)
        table, problems = read
        if other_reporter(table.title_block, reporter, self.rulebook.reporters):
            return refuse_file(file, Unreadable(RefusalReason.OTHER_REPORTER))
        day = post.sent_at.astimezone(VIETNAM).date()
        findings = self.checker.check(match.form, table, problems, self.rulebook.notices, day)
        return judge_table(file, match.form, table, findings, history, late_days=0, stored="")


@pytest.fixture(scope="module")
def ends() -> list[tuple[Post, Decision | Outcome]]:
    office = Office()
    return [(post, office.handle(post)) for post in make_posts()]


def test_every_mail_ends_as_its_post_says(ends: list[tuple[Post, Decision | Outcome]]) -> None:
    wrong = []
    for post, end in ends:
        outcome = end.outcome if isinstance(end, Decision) else end
        if outcome is not post.expect:
            wrong.append((post.title, post.reporter, post.expect, end))
    assert wrong == []


def test_every_refusal_names_its_true_cause(ends: list[tuple[Post, Decision | Outcome]]) -> None:
    found = {post.title: end.reason for post, end in ends if isinstance(end, Decision) and end.reason}
    assert found == REASONS


def test_every_returned_form_is_sent_again_and_accepted(ends: list[tuple[Post, Decision | Outcome]]) -> None:
    last = {
        (end.reporter, part.form): part.verdict
        for _, end in ends
        if isinstance(end, Decision)
        for part in end.parts
        if part.form and part.verdict is not Outcome.DUPLICATE
    }
    assert set(last.values()) == {Outcome.ACCEPTED}


def test_good_mails_leave_nothing_to_explain(ends: list[tuple[Post, Decision | Outcome]]) -> None:
    for post, end in ends:
        if "đạt yêu cầu" in post.title:
            assert isinstance(end, Decision)
            assert [part.findings for part in end.parts] == [()], post.title
