"""The mails of the demo's provinces: what they are, and what the bot's own reader makes of them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

import pytest

from bot.demo.envelopes import File, Letter, cut, gmail, outlook, thunderbird, webmail
from bot.demo.letters import Post, contacts_csv, make_posts
from bot.demo.places import PROVINCES, province
from bot.demo.writing import write
from bot.language import VIETNAM
from bot.message import parse_message
from bot.model import Message, Outcome

NAME = "Biểu I.1 – Bà Rịa - Vũng Tàu (bản sửa ngày 12 tháng 7).xlsx"


@pytest.fixture(scope="module")
def posts() -> tuple[Post, ...]:
    return make_posts()


def parsed(raw: bytes) -> Message:
    return parse_message(raw, datetime(2012, 7, 1, tzinfo=VIETNAM))


def test_the_same_seed_gives_the_same_bytes(posts: tuple[Post, ...]) -> None:
    assert make_posts() == posts


def test_another_seed_gives_other_figures_in_the_same_story(posts: tuple[Post, ...]) -> None:
    others = make_posts(7)
    assert [one.title for one in others] == [one.title for one in posts]
    assert others[0].raw != posts[0].raw


def test_mails_arrive_in_order_between_the_first_request_and_the_last_deadline(posts: tuple[Post, ...]) -> None:
    moments = [one.sent_at for one in posts]
    assert moments == sorted(moments)
    assert moments[0] >= datetime(2012, 6, 20, tzinfo=VIETNAM)
    assert moments[-1] < datetime(2012, 12, 6, tzinfo=VIETNAM)


def test_dozens_of_provinces_write_and_every_outcome_but_our_own_failure_occurs(posts: tuple[Post, ...]) -> None:
    assert len({one.reporter for one in posts} - {""}) >= 35
    assert set(Counter(one.expect for one in posts)) == set(Outcome) - {Outcome.FAILED, Outcome.DISMISSED}


def test_one_mail_comes_twice_with_the_same_bytes_and_must_end_the_same(posts: tuple[Post, ...]) -> None:
    twice = [raw for raw, count in Counter(one.raw for one in posts).items() if count > 1]
    assert len(twice) == 1
    assert len({one.expect for one in posts if one.raw == twice[0]}) == 1


def test_a_mail_speaks_for_the_province_of_its_post(posts: tuple[Post, ...]) -> None:
    speakers = {one.address: one.code for one in PROVINCES} | {one.department_address: one.code for one in PROVINCES}
    for post in posts:
        assert speakers.get(parsed(post.raw).heading.sender, "") == post.reporter, post.title


def test_only_machines_are_taken_for_machines(posts: tuple[Post, ...]) -> None:
    for post in posts:
        assert bool(parsed(post.raw).heading.automatic) == (post.expect is Outcome.IGNORED), post.title


def test_only_the_cut_mail_is_defective(posts: tuple[Post, ...]) -> None:
    defective = [one.title for one in posts if any(file.damaged for file in parsed(one.raw).attachments)]
    assert defective == ["Thư đứt giữa đường truyền, tệp thiếu phần cuối"]


def test_each_date_header_is_the_moment_of_sending(posts: tuple[Post, ...]) -> None:
    for post in posts:
        if "hai lần" not in post.title:
            assert f"Date: {post.sent_at:%a, %d %b %Y %H:%M:%S} +0700".encode() in post.raw


def test_nothing_in_the_mails_is_a_real_address_or_a_telephone_number(posts: tuple[Post, ...]) -> None:
    for post in posts:
        message = parsed(post.raw)
        head = post.raw.partition(b"\r\n\r\n")[0].decode()
        hosts = re.findall(r"@([\w.-]+)", f"{head} {message.text}")
        assert all(host.endswith((".example", "example")) for host in hosts), hosts
        assert not re.search(r"\b0\d{8,10}\b", message.text)


@pytest.mark.parametrize("client", [thunderbird, outlook, gmail, webmail])
def test_every_mail_program_carries_names_with_diacritics_and_the_bytes_of_files(client: object) -> None:
    letter = write("12/7 09:00", "Bà Rịa - Vũng Tàu", (File(NAME, bytes(range(256)) * 9), File("plain.xls", b"x")))
    assert callable(client)
    message = parsed(client(letter))
    files = [file for file in message.attachments if not file.inline]
    assert [(file.name, file.data) for file in files] == [(file.name, file.data) for file in letter.files]
    assert message.heading.sender_name == "Ban Quản lý các KCN tỉnh Bà Rịa - Vũng Tàu"
    assert "Kính đề nghị Quý Bộ xem xét, tổng hợp." in message.text


def test_outlook_hangs_a_logo_into_the_text() -> None:
    letter = write("12/7 09:00", "Nghệ An", (File("a.xlsx", b"x"),))
    assert [file.inline for file in parsed(outlook(letter)).attachments] == [True, False]


def test_a_cut_mail_has_no_end() -> None:
    letter = Letter(datetime(2012, 7, 1, tzinfo=VIETNAM), "a@x.example", "A", "B", "C", (File("a.xlsx", b"x" * 9000),))
    assert parsed(cut(thunderbird(letter), 0.5)).attachments[0].damaged


def test_contacts_reach_all_63_provinces_and_name_no_person() -> None:
    lines = contacts_csv().decode().splitlines()
    assert lines[0] == "reporter,address,role"
    assert len({line.partition(",")[0] for line in lines[1:]}) == 63
    assert f"40,{province('Nghệ An').address},Ban quản lý" in lines
    assert all(line.endswith((",Ban quản lý", ",Sở Kế hoạch và Đầu tư")) for line in lines[1:])
