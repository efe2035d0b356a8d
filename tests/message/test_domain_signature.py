"""What a signature of the author's domain proves, and what it does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.message import check_signatures, parse_message
from bot.message.domain_signature import find_keys
from bot.model import Proof, TrustedServers
from tests.fixtures.signing import SELECTOR, key_name, make_key, signed
from tests.flow.letters import letter
from tests.flow.office import NOON

DOMAIN = "kcn.nghean.gov.vn"
SENDER = f"bql@{DOMAIN}"
MAIL = letter("Biểu I.1", {"a.xlsx": b"PK" + b"so lieu" * 20}, sender=SENDER)
RECORDS = {key_name(DOMAIN): make_key().record()}
TRUST = TrustedServers(signatures=True)


def verdict(raw: bytes, records: dict[str, bytes] | None = None) -> tuple[Proof, str]:
    found = check_signatures(raw, SENDER, NOON, RECORDS if records is None else records)
    return found.proof, found.grounds


def test_a_signature_of_the_authors_domain_proves_the_author_and_says_so() -> None:
    raw = signed(MAIL, DOMAIN)
    assert verdict(raw) == (Proof.SIGNED, f"dkim=pass header.d={DOMAIN} (bot)")
    handed_over = b"Received: from a by b; x\r\nX-Spam: no\r\n" + raw
    assert verdict(handed_over)[0] is Proof.SIGNED
    assert verdict(raw.replace(b"Subject: ", b"SUBJECT:   ", 1))[0] is Proof.SIGNED, "relaxed form"


def test_the_domain_of_the_organisation_stands_for_those_below_it() -> None:
    above = "nghean.gov.vn"
    assert verdict(signed(MAIL, above), {key_name(above): make_key().record()})[0] is Proof.SIGNED


@pytest.mark.parametrize("domain", ["gov.vn", "hatinh.gov.vn", "nghean.gov.vn.ke-gian.example", "vn"])
def test_the_signature_of_another_domain_proves_nothing_and_its_key_is_not_asked_for(domain: str) -> None:
    raw = signed(MAIL, domain)
    assert parse_message(raw, NOON, trust=TRUST).keys == ()
    assert verdict(raw, {key_name(domain): make_key().record()})[0] is Proof.UNKNOWN


TAMPERED = {
    "body": lambda raw: raw.replace(b"--\r\n", b"--\r\n\r\nRUT", 1),
    "appended": lambda raw: raw + b"them\r\n",
    "subject": lambda raw: raw.replace(b"Subject: ", b"Subject: x", 1),
    "from": lambda raw: raw.replace(b"From: bql@", b"From: pgd@", 1),
    "second from": lambda raw: b"From: pgd@kcn.nghean.gov.vn\r\n" + raw,
    "second subject": lambda raw: b"Subject: [RUT]\r\n" + raw,
    "second content type": lambda raw: b"Content-Type: text/html\r\n" + raw,
    "hidden in a line": lambda raw: b"X-A: b\rSubject: [RUT]\r\n" + raw,
    "folded first line": lambda raw: b" x\r\n" + raw,
    "no header": lambda raw: b"\xff\xfe\r\n" + raw,
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_mail_that_was_changed_is_not_proved(how: str) -> None:
    raw = signed(MAIL, DOMAIN)
    changed = TAMPERED[how](raw)
    assert changed != raw
    assert verdict(changed)[0] is Proof.UNKNOWN


WEAK = {
    "l=": (signed(MAIL, DOMAIN, length=True), "l="),
    "expired": (signed(MAIL, DOMAIN, more=b"x=%d" % NOON.timestamp()), "expired"),
    "no number": (signed(MAIL, DOMAIN, more=b"x=mai"), "expired"),
    "subject": (signed(MAIL, DOMAIN, headers=[b"from", b"to"]), "Subject not signed"),
    "from": (signed(MAIL, DOMAIN, without_from=True), "From or Subject not signed"),
    "identity": (signed(MAIL, DOMAIN).replace(b" i=@kcn", b" i=kcn", 1), "does not fit"),
    "base64": (signed(MAIL, DOMAIN)[: -len(MAIL)].rpartition(b" b=")[0] + b" b=A===\r\n" + MAIL, "does not fit"),
    "sha1": (signed(MAIL, DOMAIN, algorithm=b"rsa-sha1"), "algorithm"),
}


@pytest.mark.parametrize("how", WEAK)
def test_a_signature_that_promises_too_little_proves_nothing(how: str) -> None:
    raw, why = WEAK[how]
    proof, grounds = verdict(raw)
    assert proof is Proof.UNKNOWN
    assert why in grounds


def test_a_signature_that_is_good_on_arrival_need_not_outlive_it() -> None:
    assert verdict(signed(MAIL, DOMAIN, more=b"x=%d" % (NOON.timestamp() + 1)))[0] is Proof.SIGNED


KEYS = {
    "none": (b"", "no key"),
    "revoked": (b"v=DKIM1; p=", "revoked"),
    "tried": (make_key().record("t=y; "), "tries"),
    "version": (b"v=DKIM2; p=" + make_key().public.encode(), "another kind"),
    "kind": (b"k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "another kind"),
    "service": (make_key().record("s=tlsrpt; "), "other purposes"),
    "hash": (make_key().record("h=sha1; "), "other purposes"),
    "another": (make_key(1032).record(), "does not fit"),
    "no base64": (b"v=DKIM1; p=@@@", "does not fit"),
    "odd base64": (b"v=DKIM1; p=A", "does not fit"),
    "cut": (make_key().record()[:-40], "does not fit"),
    "no tags": (b"\xff\xfe;;=", "revoked"),
}


@pytest.mark.parametrize("which", KEYS)
def test_a_key_that_is_none_or_another_proves_nothing(which: str) -> None:
    record, why = KEYS[which]
    proof, grounds = verdict(signed(MAIL, DOMAIN), {key_name(DOMAIN): record})
    assert proof is Proof.UNKNOWN
    assert why in grounds


def test_a_short_key_proves_nothing() -> None:
    weak = make_key(768)
    assert verdict(signed(MAIL, DOMAIN, weak), {key_name(DOMAIN): weak.record()})[0] is Proof.UNKNOWN


def test_a_key_may_be_for_its_very_domain_only() -> None:
    below = signed(MAIL, "nghean.gov.vn", identity=SENDER)
    name = key_name("nghean.gov.vn")
    assert verdict(below, {name: make_key().record()})[0] is Proof.SIGNED
    assert "t=s" in verdict(below, {name: make_key().record("t=s; ")})[1]
    own = signed(MAIL, DOMAIN, identity=SENDER)
    assert verdict(own, {key_name(DOMAIN): make_key().record("t=s; ")})[0] is Proof.SIGNED


def test_only_the_first_signatures_of_the_domain_are_checked() -> None:
    good = signed(MAIL, DOMAIN)
    broken = signed(letter("khác", sender=SENDER), DOMAIN)
    line = broken[: broken.index(b"\r\nFrom:") + 2]
    foreign = signed(MAIL, "ke-gian.example")[: -len(MAIL)]
    assert verdict(foreign * 3 + line * 2 + good)[0] is Proof.SIGNED
    assert verdict(line * 3 + good)[0] is Proof.UNKNOWN
    assert verdict(foreign * 10 + good)[0] is Proof.UNKNOWN
    other = line.replace(b"s=thu;", b"s=%d;")
    many = b"".join(other % number for number in range(9))
    assert len(parse_message(many + good, NOON, trust=TRUST).keys) == 3


def test_keys_are_wanted_only_where_they_may_decide() -> None:
    raw = signed(MAIL, DOMAIN)
    mx = TrustedServers(("mx",), signatures=True)
    assert parse_message(raw, NOON, trust=TRUST).keys == (f"{SELECTOR}._domainkey.{DOMAIN}",)
    assert parse_message(raw, NOON, trust=TrustedServers()).keys == ()
    for result in ("pass", "fail"):
        stamp = f"Authentication-Results: mx; dmarc={result} header.from={DOMAIN}\r\n".encode()
        assert parse_message(stamp + raw, NOON, trust=mx).keys == ()
    silent = b"Authentication-Results: mx; dkim=none; spf=none\r\n"
    assert len(parse_message(silent + raw, NOON, trust=mx).keys) == 1
    assert parse_message(b"From: a@b.vn\r\n" + raw, NOON, trust=TRUST).keys == (), "two authors"
    assert parse_message(raw, NOON, trust=TRUST, oversize=True).keys == ()


@pytest.mark.parametrize("selector", [b"a b", b"../x", b"x" * 64, b"", b"a..b", b"\xc3\xa1", b"a\x00"])
def test_no_name_goes_to_the_dns_that_is_none(selector: bytes) -> None:
    value = b"v=1; a=rsa-sha256; d=%b; s=%b; h=from; bh=; b=" % (DOMAIN.encode(), selector)
    assert find_keys([("DKIM-Signature", value.decode("utf-8", "surrogateescape"))], SENDER) == ()


@pytest.mark.parametrize("domain", [f"{DOMAIN}.", f"x@{DOMAIN}", f"<{DOMAIN}>"])
def test_a_domain_that_must_be_brought_into_form_first_is_none(domain: str) -> None:
    assert find_keys([("DKIM-Signature", f"v=1; a=rsa-sha256; d={domain}; s=thu; h=from; bh=; b=")], SENDER) == ()


_PIECES = st.sampled_from(
    b"v=1|a=rsa-sha256|d=kcn.nghean.gov.vn|s=thu|h=from:subject|b=AAAA|bh=AAAA|b=A|bh==|i=kcn.nghean.gov.vn|i=|c=relaxed/x"
    b"|c=a/b/c|q=dns/txt|=|v|l=9|x=|b=\xff".split(b"|")
)
_RECORDS = st.one_of(st.binary(max_size=40), st.binary(max_size=40).map(lambda one: b"p=" + one))


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=14), _RECORDS, st.booleans())
def test_whatever_stands_in_signature_and_key_proves_nothing_and_raises_nothing(
    pieces: list[bytes], record: bytes, whole: bool
) -> None:
    base = [b"v=1", b"a=rsa-sha256", b"d=kcn.nghean.gov.vn", b"s=thu", b"h=from:subject", b"b=AAAA", b"bh=AAAA"]
    value = b"; ".join(base + pieces if whole else pieces)
    assert verdict(b"DKIM-Signature: " + value + b"\r\n" + MAIL, {key_name(DOMAIN): record})[0] is Proof.UNKNOWN
