"""Who says to be a province: nothing counts, and nobody is written to, before it is known who wrote."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from dns.exception import Timeout

from bot.adapters.signing_keys import SigningKeys
from bot.demo.arriving import MX
from bot.demo.places import province
from bot.model import AuditEntry, Deed, HeldReason, History, Outcome, Term
from bot.reply.blank import ROWS
from bot.reply.blank_code import DEFINED_NAME, PROPERTY
from bot.reply.blank_layout import lay_out
from bot.runners import token
from bot.runners.blank import BlankMaker
from bot.runners.pool import Fault
from bot.sheet.code import read_hidden_code
from tests.fixtures.signing import ScriptedDns, key_name, make_key, signed
from tests.flow.letters import STRANGER
from tests.flow.office import NOON, SECRET, TRUST, pipeline, rulebook, templates
from tests.reply.blanks import example_cells
from tests.threats.letters import NAME, PLACE, form, mail
from tests.threats.stand import Stand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.runners.pipeline import Pipeline
    from tests.threats.stand import Sent

ADDRESS = province(PLACE).address
DOMAIN = ADDRESS.rpartition("@")[2]
DAY = timedelta(days=1)


def stamped(result: str, raw: bytes) -> bytes:
    """Return the mail as our server hands it over with that result on top."""
    return f"Authentication-Results: {MX}; {result}\r\n".encode() + raw


def waiting(stand: Stand) -> list[tuple[str, str]]:
    return [(one.sender, one.why) for one in stand.ledger.held(100)]


def counted(stand: Stand) -> int:
    return sum(one.revision > 0 for one in stand.ledger.standing(stand.daemon.rulebook.obligations))


def test_threat_01_a_mail_that_only_names_a_province_counts_for_nothing_and_is_not_answered(stand: Stand) -> None:
    sent = stand.receive(mail(number=1), genuine=False)

    assert stand.outcomes == [Outcome.HELD]
    assert (sent, counted(stand)) == ([], 0)
    assert waiting(stand) == [(ADDRESS, HeldReason.FAILED)]
    assert "dmarc=fail" in stand.ledger.held(1)[0].grounds
    now = stand.clock.now()
    (told,) = stand.ledger.decided_between(now - DAY, now + DAY).held
    assert (told.sender, told.why, told.messages) == (ADDRESS, HeldReason.FAILED, 1), "the digest tells the ministry"

    assert [one.to for one in stand.receive(mail(number=2))] == [(ADDRESS,)]
    assert stand.outcomes[1:] == [Outcome.ACCEPTED]


def test_threat_01_where_the_server_says_nothing_all_mail_waits_for_a_person(stand: Stand) -> None:
    assert stand.take(mail()) == []
    assert waiting(stand) == [(ADDRESS, HeldReason.UNPROVED)]
    assert counted(stand) == 0


@pytest.fixture
def easy(tmp_path: Path) -> Iterator[Stand]:
    """A ministry that takes From at its word where nothing speaks against it."""
    from tests.flow.office import EASY

    with Stand(tmp_path, pipeline(rulebook(), trust=EASY)) as made:
        yield made


def test_threat_01_a_ministry_may_take_from_at_its_word_but_never_against_its_server(easy: Stand) -> None:
    assert len(easy.take(mail(number=1))) == 1
    assert easy.receive(mail(number=2), genuine=False) == []
    assert easy.outcomes == [Outcome.ACCEPTED, Outcome.HELD]


@pytest.fixture(scope="module")
def drawn() -> Callable[..., bytes]:
    """Return a way to have form III.4 filled in on a blank that was drawn for a reporter, and saved by openpyxl."""
    rules, words = rulebook(), templates()

    @cache
    def draw(reporter: str = "40", secret: bytes = SECRET, *, drop: str = "") -> bytes:
        wanted = [("2012-kkt-kcn", "III.4")]
        (blank,) = BlankMaker(rules, words, secret).enclose(wanted, rules.reporter(reporter), History())
        layout = lay_out(rules.form("2012-kkt-kcn/III.4"), ROWS)
        book = openpyxl.load_workbook(BytesIO(blank.data))
        for key, value in example_cells(rules.form("2012-kkt-kcn/III.4")).items():
            book.worksheets[0][layout.address(key)].value = value
        if drop == "property":
            del book.custom_doc_props[PROPERTY]  # type: ignore[attr-defined]  # newer than the stubs
        if drop == "name":
            del book.defined_names[DEFINED_NAME]
        book.save(stream := BytesIO())
        return stream.getvalue()

    return draw


def altered(data: bytes, old: str, new: str) -> bytes:
    """Return the workbook with *new* for *old* in the carriers of its code."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename in {"docProps/custom.xml", "xl/workbook.xml"}:
                assert old.encode() in part
                part = part.replace(old.encode(), new.encode())
            target.writestr(entry, part)
    return stream.getvalue()


@pytest.mark.parametrize("drop", ["", "property", "name"])
def test_threat_01_the_token_of_our_blank_counts_where_the_server_knows_nothing(
    stand: Stand, drawn: Callable[..., bytes], drop: str
) -> None:
    (reply,) = stand.take(stamped("dmarc=none; spf=softfail", mail({NAME: drawn(drop=drop)})))

    assert (reply.to, stand.outcomes, counted(stand)) == ((ADDRESS,), [Outcome.ACCEPTED], 1)
    shown = stand.ledger.show(re.findall(r"\d\d-40-\d{4}", reply.text)[0])
    assert shown is not None
    assert shown.grounds == "blank token: 2012-kkt-kcn/III.4 (40)"


def test_threat_01_papers_come_along_with_a_form_that_bears_a_token(stand: Stand, drawn: Callable[..., bytes]) -> None:
    assert len(stand.take(mail({NAME: drawn(), "Cong van.pdf": b"%PDF-1.4 cut"}))) == 1
    assert (stand.outcomes, counted(stand)) == ([Outcome.RETURNED], 1), "the form counts, the letter is broken"


def test_threat_01_a_token_outweighs_no_server_no_register_and_no_other_file(
    stand: Stand, drawn: Callable[..., bytes]
) -> None:
    good = {NAME: drawn()}
    assert stand.receive(mail(good, number=1), genuine=False) == []
    assert stand.take(mail(good, number=2, sender=STRANGER)) == []
    assert stand.take(mail({**good, "Bieu khac.xlsx": form()}, number=3)) == []
    assert stand.take(mail({**good, "Bieu cu.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99}, number=4)) == []
    assert stand.take(mail({"Bieu.pdf": b"%PDF-1.4 x"}, number=5)) == []
    assert (stand.outcomes, counted(stand)) == ([Outcome.HELD] * 5, 0)


def test_threat_01_only_our_own_token_for_that_very_reporter_counts(stand: Stand, drawn: Callable[..., bytes]) -> None:
    code = read_hidden_code(drawn())
    assert code is not None
    other = "A" if code.token[0] != "A" else "B"
    forged = (
        drawn("42"),
        drawn(secret=b"another".ljust(32)),
        drawn(secret=b""),
        altered(drawn("42"), "III.4:42:", "III.4:40:"),
        altered(drawn(), "III.4:40:", "III.3:40:"),
        altered(drawn(), code.token, other + code.token[1:]),
        altered(drawn(), f":{code.token}", ""),
    )
    for number, data in enumerate(forged):
        assert stand.take(mail({NAME: data}, number=number)) == []
    assert (stand.outcomes, counted(stand)) == ([Outcome.HELD] * len(forged), 0)


def test_threat_01_a_proved_mail_is_not_asked_for_tokens(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token, "read_hidden_code", None)
    assert len(stand.receive(mail())) == 1
    assert stand.outcomes == [Outcome.ACCEPTED]


def test_threat_02_results_that_came_with_the_mail_are_no_results(stand: Stand) -> None:
    passed = f"dmarc=pass header.from={DOMAIN}"
    foreign = f"Authentication-Results: mx.ke-gian.example; {passed}\r\n".encode()
    hop = b"Received: from a.example by mx.ke-gian.example with ESMTP id 1; x\r\n"
    ours = f"Authentication-Results: {MX}; {passed}\r\n".encode()
    lower = mail(number=3).replace(b"Subject:", ours + b"Subject:", 1)
    sent = stand.take(
        foreign + mail(number=1), hop + ours + mail(number=2), lower, stamped("dmarc=fail", ours + mail())
    )

    assert stand.outcomes == [Outcome.HELD] * 4
    assert (sent, counted(stand)) == ([], 0)


def test_threat_03_the_file_of_another_province_is_sent_back_with_both_names(stand: Stand) -> None:
    other = province("Hà Tĩnh")
    (reply,) = stand.receive(mail(sender=other.address))

    assert stand.outcomes == [Outcome.REFUSED]
    assert (reply.to, counted(stand)) == ((other.address,), 0)
    assert PLACE in reply.text
    assert "Hà Tĩnh" in reply.text


def test_threat_04_a_stranger_is_told_once_a_week_that_he_is_one_and_nothing_else(stand: Stand) -> None:
    told = []
    for number in range(1, 16):
        told += stand.receive(mail(number=number, sender=STRANGER))
        stand.later(DAY)

    assert set(stand.outcomes) == {Outcome.HELD}
    assert [one.to for one in told] == [(STRANGER,)] * 3
    assert PLACE not in told[0].text
    assert counted(stand) == 0


def test_threat_04_an_address_whose_days_are_over_is_a_strangers(tmp_path: Path) -> None:
    rules = rulebook()
    over = Term(ADDRESS, until=NOON.date() - DAY)
    known = tuple(replace(one, terms=(over,)) if one.code == "40" else one for one in rules.reporters)
    with Stand(tmp_path, pipeline(replace(rules, reporters=known), trust=TRUST)) as stand:
        (neutral,) = stand.receive(mail())
        assert (stand.outcomes, counted(stand)) == ([Outcome.HELD], 0)
        assert PLACE not in neutral.text
        (reply,) = vouch(stand)
        assert (reply.to, stand.outcomes[-1]) == ((ADDRESS,), Outcome.ACCEPTED)


def test_threat_05_the_answer_goes_to_from_and_never_to_a_reply_to(stand: Stand) -> None:
    (reply,) = stand.receive(mail(headers={"Reply-To": "ke-gian@vo-danh.example"}))
    assert reply.to == (ADDRESS,)
    assert b"vo-danh.example" not in reply.raw


@pytest.mark.parametrize("sender", [ADDRESS, STRANGER, "nan-nhan@cho-khac.example"])
def test_threat_09_nobody_is_written_to_who_has_not_written(stand: Stand, sender: str) -> None:
    stand.receive(*(mail(number=number, sender=sender) for number in range(5)), genuine=False)
    stand.take(*(mail(number=number, sender=sender) for number in range(5, 10)))

    assert stand.outcomes == [Outcome.HELD] * 10
    assert stand.server.taken == []


def test_threat_32_a_mail_that_names_nobody_is_held_and_answered_by_nobody(stand: Stand) -> None:
    bare = b"\r\n".join(line for line in mail().split(b"\r\n") if not line.lower().startswith(b"from:"))
    assert b"\nFrom:" not in bare
    assert stand.receive(bare) == []
    assert waiting(stand) == [("", HeldReason.NO_SENDER)]


def test_threat_32_a_mail_without_number_or_day_is_known_by_its_bytes_and_its_arrival(stand: Stand) -> None:
    dropped = (b"message-id:", b"date:")
    bare = b"\r\n".join(line for line in mail().split(b"\r\n") if not line.lower().startswith(dropped))
    assert b"Message-ID" not in bare
    assert len(stand.receive(bare)) == 1
    assert stand.receive(bare) == [], "the same bytes again"
    future = bare.replace(b"Subject:", b"Date: Fri, 1 Jan 2100 00:00:00 +0700\r\nSubject:", 1)
    assert len(stand.receive(future)) == 1
    assert stand.outcomes == [Outcome.ACCEPTED, Outcome.DUPLICATE]


# -- the signature of the author's own domain ---------------------------------------------------------------------


@dataclass
class Signing:
    """A stand where signatures count, with the DNS that it asks."""

    stand: Stand
    dns: ScriptedDns


@pytest.fixture
def signing(tmp_path: Path, thinker: Pipeline) -> Iterator[Signing]:
    """A ministry whose server says nothing, and whose bot checks signatures itself."""
    checking = copy(thinker)
    checking._trust = replace(TRUST, signatures=True)
    dns = ScriptedDns({key_name(DOMAIN): make_key().record()})
    with Stand(tmp_path, checking) as stand:
        stand.daemon.signing_keys = SigningKeys(stand.clock, dns)
        yield Signing(stand, dns)


def test_threat_01_a_mail_that_its_own_domain_has_signed_counts_where_the_server_says_nothing(signing: Signing) -> None:
    stand = signing.stand
    (reply,) = stand.take(signed(mail(number=1), DOMAIN))

    assert (stand.outcomes, counted(stand)) == ([Outcome.ACCEPTED], 1)
    assert reply.to == (ADDRESS,)
    assert signing.dns.asked == [key_name(DOMAIN)]
    shown = stand.ledger.show("12-40-0001")
    assert shown is not None
    assert shown.grounds == f"dkim=pass header.d={DOMAIN} (bot)"
    stand.take(stamped("spf=none; dkim=none", signed(mail(number=2), DOMAIN)))
    assert stand.outcomes[1:] == [Outcome.DUPLICATE]
    assert signing.dns.asked == [key_name(DOMAIN)], "the key was kept"


def test_threat_01_what_is_signed_badly_or_by_others_is_held_and_says_why(signing: Signing) -> None:
    stand, raw = signing.stand, signed(mail(number=1), DOMAIN)
    weak = make_key(768)
    signing.dns.records |= {
        key_name("ke-gian.example"): make_key().record(),
        key_name(f"x.{DOMAIN}"): weak.record(),
    }
    sent = stand.take(
        raw.replace("Bộ".encode(), "Vụ".encode(), 1) + b"x",
        signed(mail(number=2), "ke-gian.example"),
        signed(mail(number=3), DOMAIN, length=True),
        signed(mail(number=4), DOMAIN, more=b"x=%d" % NOON.timestamp()),
        signed(mail(number=5), f"x.{DOMAIN}", weak),
        signed(mail(number=6), f"y.{DOMAIN}"),
        mail(number=7),
    )

    assert (sent, counted(stand)) == ([], 0)
    assert waiting(stand) == [(ADDRESS, HeldReason.UNPROVED)] * 7
    told = " ".join(one.grounds for one in stand.ledger.held(100))
    for why in ("does not fit", "(l=)", "expired", "no key"):
        assert why in told
    assert key_name("ke-gian.example") not in signing.dns.asked, "nobody else's name is asked for"


def test_threat_01_a_good_signature_says_nothing_against_our_own_server(signing: Signing) -> None:
    stand = signing.stand
    assert stand.receive(signed(mail(), DOMAIN), genuine=False) == []
    assert waiting(stand) == [(ADDRESS, HeldReason.FAILED)]
    stand.take(signed(mail(sender=STRANGER), STRANGER.rpartition("@")[2]))
    assert signing.dns.asked == []


def test_threat_01_while_the_dns_is_away_a_mail_waits_and_then_is_held_without_an_apology(signing: Signing) -> None:
    stand, name = signing.stand, key_name(DOMAIN)
    signing.dns.records[name] = Timeout
    assert stand.take(signed(mail(number=1), DOMAIN)) == []
    assert stand.outcomes == [None], "a next try"
    signing.dns.records[name] = make_key().record()
    stand.clock.move_to(stand.clock.now() + DAY)
    stand.daemon.settle(stand.outcomes.append)
    assert stand.outcomes == [None, Outcome.ACCEPTED]

    stand.later(DAY)
    signing.dns.records[name] = Timeout
    assert stand.take(signed(mail(number=2), DOMAIN)) == []
    for _ in range(2):
        stand.clock.move_to(stand.clock.now() + DAY)
        stand.daemon.settle(stand.outcomes.append)
    assert stand.outcomes[2:] == [None, None, Outcome.HELD]
    assert stand.ledger.held(1)[0].grounds == "dkim=temperror (bot)"
    assert stand.alarms == []


def test_threat_01_a_mail_whose_check_kills_its_child_is_held_in_the_end(signing: Signing) -> None:
    def die() -> None:
        raise Fault("no result within 20 s")

    signing.stand.workers.proving = die
    signing.stand.take(signed(mail(), DOMAIN))
    for _ in range(2):
        signing.stand.clock.move_to(signing.stand.clock.now() + DAY)
        signing.stand.daemon.settle(signing.stand.outcomes.append)
    assert signing.stand.outcomes == [None, None, Outcome.HELD]
    assert signing.stand.server.taken == []


def test_a_proof_is_kept_with_its_message_and_the_dns_is_not_asked_again(signing: Signing) -> None:
    stand = signing.stand

    def break_once() -> None:
        stand.workers.settling.clear()
        raise Fault("the child process died")

    stand.workers.settling[1] = break_once
    stand.take(signed(mail(), DOMAIN))
    (again,) = stand.ledger.undecided(stand.clock.now() + DAY, 1)
    assert again.proved == f"dkim=pass header.d={DOMAIN} (bot)"
    signing.dns.records.clear()
    stand.clock.move_to(stand.clock.now() + DAY)
    stand.daemon.settle(stand.outcomes.append)
    assert stand.outcomes == [None, Outcome.ACCEPTED]
    assert len(signing.dns.asked) == 1


# -- a person's word ---------------------------------------------------------------------------------------------


def vouch(stand: Stand, reporter: str = "40") -> list[Sent]:
    """Say of the latest held mail whose it is; return what is sent after that."""
    (one, *_) = stand.ledger.held(100)
    entry = AuditEntry("lan", stand.clock.now(), Deed.ASSIGN, f"{one.receipt}/{reporter}", "gọi điện")
    before = len(stand.server.taken)
    assert stand.ledger.vouch(one.id, reporter, entry)
    assert not stand.ledger.vouch(one.id, reporter, entry), "once"
    assert [line.subject for line in stand.ledger.audit()] == [entry.subject]
    stand.daemon.settle(stand.outcomes.append)
    stand.daemon.post()
    return stand.server.taken[before:]


@pytest.mark.parametrize("sender", [ADDRESS, STRANGER])
def test_a_held_mail_is_judged_and_answered_once_when_a_person_says_whose_it_is(stand: Stand, sender: str) -> None:
    stand.receive(mail(sender=sender), genuine=False)
    arrived = stand.ledger.held(1)[0].received_at
    stand.later(3 * DAY)

    (reply,) = vouch(stand)

    assert reply.to == (sender,)
    assert stand.outcomes == [Outcome.HELD, Outcome.ACCEPTED]
    assert waiting(stand) == []
    (own,) = (one for one in stand.ledger.standing(stand.daemon.rulebook.obligations) if one.revision)
    assert (own.obligation.reporter, own.when) == ("40", arrived), "it came when it came"
    stand.later(DAY)
    assert len(stand.sent) == 1


# -- the matrix --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """What our server may find, and whether it shows that the province wrote."""

    dmarc: str
    spf: str
    dkim: str

    @property
    def results(self) -> str:
        told = {
            "none": "none", "same": f"pass {{}}={DOMAIN}", "other": "pass {}=ke-gian.example",
            "fail": f"fail {{}}={DOMAIN}",
        }  # fmt: skip
        methods = (
            ("dmarc", self.dmarc, "header.from"),
            ("spf", self.spf, "smtp.mailfrom"),
            ("dkim", self.dkim, "header.d"),
        )
        return "; ".join(f"{method}={told[found].format(name)}" for method, found, name in methods)

    @property
    def genuine(self) -> bool:
        if self.dmarc != "none":
            return self.dmarc == "same"
        return "same" in (self.spf, self.dkim)


def test_the_spoof_matrix_at_the_door_accepts_nothing_forged_and_refuses_nothing_genuine(stand: Stand) -> None:
    kinds = ("none", "same", "other", "fail")
    cases = [Case(*found) for found in product(kinds, repeat=3)]
    for number, case in enumerate(cases):
        stand.take(stamped(case.results, mail(number=number)))
        is_held = stand.outcomes[-1] is Outcome.HELD
        assert is_held is not case.genuine, case
    assert len(stand.outcomes) == 64
