"""Authentication-Results as the servers of the world write them, with the genuine mails that they came with."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.message.results import read_stamp
from bot.message.stamps import stamping_servers
from bot.model import Proof, TrustedServers
from tests.message.stamped import MX, OWN_HOP, TRUST, arrived, result, verdict

FROM = ("Ban QL <bql@nghean.gov.vn>",)
GMAIL = arrived(
    ("Delivered-To", "kkt.tonghop@gmail.example"),
    ("Received", "by 2002:a05:6a10:9b87:b0:4f with SMTP id k7csp1; Mon, 9 Jul 2012 19:00:00 -0700 (PDT)"),
    ("X-Received", "by 2002:a17:90a:d3cc:b0:2b with SMTP id a1; Mon, 9 Jul 2012 19:00:00 -0700 (PDT)"),
    ("ARC-Authentication-Results", "i=1; mx.google.com; dmarc=fail header.from=nghean.gov.vn"),
    ("Return-Path", "<bql@nghean.gov.vn>"),
    ("Received", "from mail.nghean.gov.vn (mail.nghean.gov.vn. [192.0.2.5]) by mx.google.com with ESMTPS id b2; x"),
    ("Received-SPF", "pass (google.com: domain of bql@nghean.gov.vn designates 192.0.2.5 as permitted sender)"),
    result(
        "mx.google.com;\r\n       dkim=pass header.i=@nghean.gov.vn header.s=mail header.b=aB+c/D=;\r\n"
        "       spf=pass (google.com: domain of bql@nghean.gov.vn designates 192.0.2.5 as permitted sender)"
        " smtp.mailfrom=bql@nghean.gov.vn;\r\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=nghean.gov.vn"
    ),
    ("DKIM-Signature", "v=1; d=nghean.gov.vn"),
    ("Received", "from may1 by mail.nghean.gov.vn; x"),
    froms=FROM,
)
MICROSOFT = arrived(
    ("Received", "from A.apcprd01.prod.exchangelabs.com (::1) by B.apcprd01.prod.exchangelabs.com with HTTPS; x"),
    ("Received", "from C.eop-APC01.prod.protection.outlook.com by D.outlook.office365.com with Microsoft SMTP; x"),
    result(
        "spf=pass (sender IP is 192.0.2.5)\r\n smtp.mailfrom=nghean.gov.vn; dkim=pass (signature was verified)\r\n"
        " header.d=nghean.gov.vn;dmarc=pass action=none\r\n header.from=nghean.gov.vn;compauth=pass reason=100"
    ),
    ("Received-SPF", "Pass (protection.outlook.com: domain of nghean.gov.vn designates 192.0.2.5)"),
    ("Received", "from mail.nghean.gov.vn (192.0.2.5) by C.mail.protection.outlook.com with Microsoft SMTP; x"),
    froms=FROM,
)
POSTFIX = arrived(
    ("Return-Path", "<bql@nghean.gov.vn>"),
    ("DMARC-Filter", f"OpenDMARC Filter v1.4.2 {MX} 4XyZ"),
    result(f"{MX}; dmarc=none (p=none dis=none) header.from=nghean.gov.vn"),
    ("DKIM-Filter", f"OpenDKIM Filter v2.11.0 {MX} 4XyZ"),
    result(f'{MX};\r\n\tdkim=pass (2048-bit key; unprotected) header.d=nghean.gov.vn header.b="q9/Z="'),
    OWN_HOP,
    froms=FROM,
)
ZIMBRA = arrived(
    ("Received", f"from localhost (localhost [127.0.0.1]) by {MX} (Postfix) with ESMTP id 1; x"),
    ("X-Virus-Scanned", f"amavisd-new at {MX}"),
    result(f"{MX} (amavisd-new); dkim=pass (1024-bit key) header.d=nghean.gov.vn"),
    ("Received", f"from {MX} ([127.0.0.1]) by localhost ({MX} [127.0.0.1]) (amavisd-new, port 10032) with ESMTP; x"),
    OWN_HOP,
    froms=FROM,
)
RSPAMD = arrived(
    OWN_HOP,
    result(
        f"{MX};\r\n\tdkim=none;\r\n\tdmarc=none;\r\n\tspf=pass ({MX}: domain of bql@nghean.gov.vn designates 192.0.2.5 "
        "as permitted sender) smtp.mailfrom=bql@nghean.gov.vn"
    ),
    ("X-Rspamd-Server", MX),
    froms=FROM,
)
SHAPES = {
    "gmail": (GMAIL, TrustedServers(("mx.google.com",))),
    "microsoft 365": (MICROSOFT, TrustedServers(unnamed=True)),
    "postfix, opendkim, opendmarc": (POSTFIX, TRUST),
    "zimbra, amavis": (ZIMBRA, TRUST),
    "rspamd": (RSPAMD, TRUST),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_genuine_mail_passes_as_its_server_writes_it(shape: str) -> None:
    mail, trust = SHAPES[shape]
    assert verdict(mail, trust).passed


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_mail_from_a_forger_does_not(shape: str) -> None:
    mail, trust = SHAPES[shape]
    forged = [(name, value.replace("=pass", "=fail")) for name, value in mail]
    assert verdict(forged, trust).proof is Proof.FAILED


@pytest.mark.parametrize("shape", SHAPES)
def test_under_another_name_nothing_is_said(shape: str) -> None:
    assert verdict(SHAPES[shape][0], TrustedServers(("mx.khac.example",))).proof is Proof.ABSENT


def test_microsofts_own_doubt_outweighs_all() -> None:
    doubted = [(name, value.replace("compauth=pass", "compauth=fail")) for name, value in MICROSOFT]
    assert verdict(doubted, TrustedServers(unnamed=True)).proof is Proof.FAILED


def test_an_international_domain_is_one_in_both_its_forms() -> None:
    stamp = result(f"{MX}; dmarc=pass header.from=xn--tnh-9ua4613a.vn")
    mail = arrived(stamp, froms=("bql@t\u1ec9nh.vn",))
    punycode = "t\u1ec9nh.vn".encode("idna").decode()
    assert verdict([(name, value.replace("xn--tnh-9ua4613a.vn", punycode)) for name, value in mail]).passed


def test_an_operator_can_read_off_the_name_of_the_server() -> None:
    assert [stamping_servers(mail) for mail, _ in SHAPES.values()] == [("mx.google.com",), ("",), (MX,), (MX,), (MX,)]
    assert stamping_servers([*arrived(), result(f"{MX}; none")]) == ()


_WORDS = st.sampled_from([
    MX, MX.upper(), "1", ";", "\r\n\t", " ", "(", ")", '"', "\\", "=", "dmarc=pass", "dmarc=fail", "spf=pass", "none",
    "header.from=nghean.gov.vn", "smtp.mailfrom=a@nghean.gov.vn", "dkim=pass", "header.d=", "\u1ec9", "\udc80",
])  # fmt: skip
_VALUES = st.lists(_WORDS | st.text(max_size=6), max_size=30).map("".join)


@given(_VALUES)
def test_no_header_ever_raises(value: str) -> None:
    stamp = read_stamp(value)
    assert stamp is None or all(one.method and one.value for one in stamp.results)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Received", "Authentication-Results", "From", "X-A", "ARC-Seal", "To"]),
            _VALUES.map(lambda text: "".join(text.split("\r\n")).encode("utf-8", "surrogateescape").decode("latin-1")),
        ),
        max_size=12,
    )
)
def test_no_heading_ever_raises_and_none_passes_without_a_pass(headers: list[tuple[str, str]]) -> None:
    got = verdict([(name, "".join(one for one in value if one.isprintable())) for name, value in headers])
    said = " ".join(value for name, value in headers if name == "Authentication-Results")
    assert not got.passed or "=pass" in said.replace(" ", "").lower()
