"""Who may be believed to have written a mail: every combination of results, name, place and author.

What is expected stands in three tables, read from the top, ``*`` for anything.

What our server found (``same`` is the domain in From, ``org`` another of its organisation, ``other`` a stranger's):

| dmarc      | spf        | dkim       | verdict |
|------------|------------|------------|---------|
| fail       | *          | *          | failed  |
| pass same  | *          | *          | passed  |
| pass other | *          | *          | unknown |
| *          | pass same  | *          | passed  |
| *          | pass org   | *          | passed  |
| *          | *          | pass same  | passed  |
| *          | *          | pass org   | passed  |
| *          | *          | pass i     | passed  |
| *          | fail same  | *          | failed  |
| *          | *          | fail same  | failed  |
| *          | *          | *          | unknown |

Under which name:

| name    | counts |
|---------|--------|
| ours    | yes    |
| upper   | yes    |
| quoted  | yes    |
| version | yes    |
| foreign | no     |
| like    | no     |
| none    | no     |

Where it stands:

| place               | counts |
|---------------------|--------|
| top                 | yes    |
| between our hops    | yes    |
| below our hop       | yes    |
| below a foreign hop | no     |
| below From          | no     |
| at the end          | no     |
"""

from __future__ import annotations

from itertools import product

import pytest

from bot.model import Proof, TrustedServers
from tests.message.stamped import FOREIGN_HOP, INNER_HOP, MX, OWN_HOP, arrived, result, verdict

_WRITTEN = {
    "dmarc": {
        "pass same": "dmarc=pass (p=reject) header.from=kcn.nghean.gov.vn",
        "pass other": "dmarc=pass header.from=hatinh.gov.vn",
        "fail": "dmarc=fail (p=none dis=none) header.from=kcn.nghean.gov.vn",
        "none": "dmarc=none header.from=kcn.nghean.gov.vn",
        "temperror": "dmarc=temperror",
        "": "",
    },
    "spf": {
        "pass same": "spf=pass smtp.mailfrom=bql@kcn.nghean.gov.vn",
        "pass org": "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=thu.nghean.gov.vn",
        "pass other": "spf=pass smtp.mailfrom=ke.gia.mao@hatinh.gov.vn",
        "fail same": "spf=fail smtp.mailfrom=bql@kcn.nghean.gov.vn",
        "softfail same": "spf=softfail smtp.mailfrom=bql@kcn.nghean.gov.vn",
        "": "",
    },
    "dkim": {
        "pass same": "dkim=pass (2048-bit key; unprotected) header.d=kcn.nghean.gov.vn header.s=mail",
        "pass org": "dkim=pass header.d=nghean.gov.vn header.i=@nghean.gov.vn",
        "pass i": "dkim=pass header.i=@kcn.nghean.gov.vn header.b=abC+/=",
        "pass other": "dkim=pass header.d=gov.vn",
        "fail same": 'dkim=fail reason="signature verification failed" header.d=kcn.nghean.gov.vn',
        "": "dkim=none",
    },
}
_NAMES = {
    "ours": MX, "upper": MX.upper(), "quoted": f'"{MX}"', "version": f"{MX} 1", "foreign": "mx.ke-gian.example",
    "like": f"{MX}.ke-gian.example", "none": "",
}  # fmt: skip
_TABLES = [
    [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines() if line.startswith("|")][2:]
    for block in (__doc__ or "").split("\n\n")
    if block.startswith("|")
]
_EVIDENCE, _COUNTING_NAMES, _COUNTING_PLACES = _TABLES


def written(name: str, dmarc: str, spf: str, dkim: str) -> str:
    found = (_WRITTEN["dmarc"][dmarc], _WRITTEN["spf"][spf], _WRITTEN["dkim"][dkim])
    return ";\r\n\t".join(part for part in (_NAMES[name], *found) if part)


def placed(place: str, stamp: tuple[str, str]) -> list[tuple[str, str]]:
    orders = {
        "top": arrived(stamp, INNER_HOP, OWN_HOP, FOREIGN_HOP),
        "between our hops": arrived(INNER_HOP, stamp, OWN_HOP, FOREIGN_HOP),
        "below our hop": arrived(INNER_HOP, OWN_HOP, stamp, FOREIGN_HOP),
        "below a foreign hop": arrived(INNER_HOP, OWN_HOP, FOREIGN_HOP, stamp),
        "below From": [*arrived(INNER_HOP, OWN_HOP)[:3], stamp, *arrived()[1:]],
        "at the end": [*arrived(INNER_HOP, OWN_HOP), stamp],
    }
    return orders[place]


def expected(dmarc: str, spf: str, dkim: str) -> str:
    given = (dmarc, spf, dkim)
    return next(row[3] for row in _EVIDENCE if all(want in ("*", have) for want, have in zip(row, given, strict=False)))


EVIDENCE = list(product(*(_WRITTEN[method] for method in ("dmarc", "spf", "dkim"))))


def test_every_result_leads_to_the_verdict_of_the_table() -> None:
    wrong = [
        (evidence, got.grounds)
        for evidence in EVIDENCE
        if (got := verdict(placed("top", result(written("ours", *evidence))))).proof != expected(*evidence)
    ]
    assert not wrong


def test_only_our_own_name_at_its_place_counts() -> None:
    """Of all names and places, with every kind of evidence: what does not count leaves the mail as if it had none."""
    wrong = []
    for (name, named), (place, stands) in product(_COUNTING_NAMES, _COUNTING_PLACES):
        for evidence in EVIDENCE[::7]:
            counts = named == stands == "yes"
            wanted = expected(*evidence) if counts else Proof.ABSENT
            if verdict(placed(place, result(written(name, *evidence)))).proof != wanted:
                wrong.append((name, place, evidence))
    assert not wrong


PERFECT = ("pass same", "pass same", "pass same")


@pytest.mark.parametrize(
    "froms",
    [
        ("bql@kcn.nghean.gov.vn", "bql@kcn.nghean.gov.vn"),
        ("bql@kcn.nghean.gov.vn", "ai@hatinh.gov.vn"),
        ("bql@kcn.nghean.gov.vn, ai@hatinh.gov.vn",),
        ("ai@hatinh.gov.vn <bql@kcn.nghean.gov.vn>",),
        ("Nhom: bql@kcn.nghean.gov.vn, ai@hatinh.gov.vn;",),
    ],
)
def test_several_authors_are_never_proved(froms: tuple[str, ...]) -> None:
    mail = arrived(result(written("ours", *PERFECT)), OWN_HOP, froms=froms)
    assert verdict(mail).proof is Proof.FAILED


@pytest.mark.parametrize(
    "author",
    [
        '"bql@kcn.nghean.gov.vn" <bql@kcn.nghean.gov.vn>',
        "bql@kcn.nghean.gov.vn (Ban quan ly)",
        "bql@kcn.nghean.gov.vn <bql@kcn.nghean.gov.vn>",
        "Nhom: bql@kcn.nghean.gov.vn;",
        "=?utf-8?q?Ban_Qu=E1=BA=A3n_l=C3=BD?= <BQL@KCN.NgheAn.gov.vn>",
    ],
)
def test_one_author_may_be_written_in_many_ways(author: str) -> None:
    assert verdict(arrived(result(written("ours", *PERFECT)), OWN_HOP, froms=(author,))).passed


def test_a_name_that_looks_like_an_address_is_not_the_author() -> None:
    mail = arrived(result(f"{MX}; dmarc=pass header.from=ke-gian.example"), froms=('"bql@kcn.nghean.gov.vn" <a@b.vn>',))
    assert not verdict(mail).passed


def test_two_provinces_below_gov_vn_are_two_organisations() -> None:
    for suffix in ("gov.vn", "com.vn", "edu.vn", "org.vn", "net.vn"):
        froms = (f"bql@nghean.{suffix}",)
        for proof in (f"spf=pass smtp.mailfrom=a@hatinh.{suffix}", f"dkim=pass header.d={suffix}"):
            assert not verdict(arrived(result(f"{MX}; {proof}"), froms=froms)).passed


# -- a forged result beside the true one ---------------------------------------------------------------------------


@pytest.mark.parametrize("forged", [f"{MX}; dmarc=pass header.from=kcn.nghean.gov.vn", written("ours", *PERFECT)])
def test_what_is_pasted_in_below_never_outweighs_what_our_server_found(forged: str) -> None:
    wrong = []
    for evidence in EVIDENCE:
        true, false = result(written("ours", *evidence)), result(forged)
        alone = verdict(arrived(true, OWN_HOP)).proof
        mails = (
            arrived(true, OWN_HOP, false),
            arrived(true, INNER_HOP, false, OWN_HOP),
            arrived(true, OWN_HOP, FOREIGN_HOP, false),
            [*arrived(true, OWN_HOP), false],
        )
        wrong += [(evidence, mail) for mail in mails if verdict(mail).proof is not alone]
    assert not wrong


def test_of_each_method_the_topmost_result_counts_also_side_by_side() -> None:
    for value in ("none", "fail", "temperror"):
        mail = arrived(OWN_HOP, result(f"{MX}; dmarc={value}"), result(written("ours", "pass same", "", "")))
        assert not verdict(mail).passed


def test_a_method_that_speaks_twice_in_one_header_counts_by_the_worse() -> None:
    """So a server that does not quote what the sender chose can be made to say more, never something else."""
    true, chosen = "dmarc=fail header.from=kcn.nghean.gov.vn", "x; dmarc=pass header.from=kcn.nghean.gov.vn"
    injected = f"{MX}; {true}; spf=pass smtp.mailfrom={chosen}"
    assert verdict(arrived(result(injected))).proof is Proof.FAILED
    twice = f"{MX}; spf=softfail smtp.mailfrom=a@b.vn; spf=pass smtp.mailfrom=a@kcn.nghean.gov.vn"
    assert verdict(arrived(result(twice))).proof is Proof.UNKNOWN
    named_twice = f"{MX}; spf=pass smtp.mailfrom=a@b.vn smtp.mailfrom=a@kcn.nghean.gov.vn"
    assert verdict(arrived(result(named_twice))).proof is Proof.UNKNOWN


def test_a_quoted_local_part_says_nothing_of_its_own() -> None:
    evil = f'{MX}; spf=pass smtp.mailfrom="x; dmarc=pass header.from=kcn.nghean.gov.vn"@ke-gian.example'
    assert verdict(arrived(result(evil))).proof is Proof.UNKNOWN


@pytest.mark.parametrize("said", ["; dmarc=pass (header.from=x", '; dmarc=pass "x', " x y; dmarc=pass", "; dmarc pass"])
def test_a_header_that_breaks_the_grammar_is_not_half_believed(said: str) -> None:
    assert not verdict(arrived(result(f"{MX}{said}"), result("mx.khac.example; dmarc=pass"))).passed


def test_without_a_server_of_ours_nothing_is_proved() -> None:
    for mail in (arrived(result(written("ours", *PERFECT))), arrived(result(written("none", *PERFECT)))):
        assert verdict(mail, TrustedServers()).proof is Proof.ABSENT
