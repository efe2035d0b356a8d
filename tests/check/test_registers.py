"""The registers beside the forms: what is in them, and how each mistake is told at its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.check.mistakes import Mistakes
from bot.check.parameters import read_workdays
from bot.check.registers import SCHEMAS, read_registers
from bot.check.reporters import add_contacts, create_register, read_reporters
from bot.check.sql import connect

if TYPE_CHECKING:
    import pyarrow as pa

REPORTERS = """\
code,name,full_name,addressee,kind,kkt_ven_bien,since,until,successor,official_code
10,Lào Cai,Tỉnh Lào Cai,UBND,tinh,0,,2025-06-30,15-2025,10
15,Yên Bái,Tỉnh Yên Bái,UBND,tinh,0,,2025-06-30,15-2025,15
40,Nghệ An,Tỉnh Nghệ An,UBND,tinh,1,,,,40
15-2025,Lào Cai,Tỉnh Lào Cai,UBND,tinh,0,2025-07-01,,,15
"""
ZONES = """\
loai,ten,cach_goi_khac,don_vi,dien_tich_ha,quyet_dinh,ngay,co_nam_2012,nguon
ven_bien,Đông Nam,Đông Nam Nghệ An|ĐN Nghệ An,40,18826.47,85/2007/QĐ-TTg,2007-06-11,1,s
cua_khau,Lào Cai,,10,,,,1,s
"""
PARKS = "ten,cach_goi_khac,don_vi,nguon\nNam Cấm,,40,s\nNam Cấm,,10,s\n"
PARAMETERS = """\
[[parameter]]
name   = "muc"
title  = "Mức"
unit   = "ha"
value  = 50
since  = 2009-10-05
source = "cũ"

[[parameter]]
name   = "muc"
title  = "Mức"
unit   = "ha"
value  = 75.5
since  = 2017-07-15
source = "mới"

[[moratorium]]
subjects = ["KCN", "CCN"]
since    = 2012-03-02
source   = "s"
"""
CALENDAR = """\
[[exception]]
off    = [2012-01-27]
worked = [2012-02-04]
reason = "Tết"
source = "s"
"""


def read(**files: str) -> tuple[dict[str, pa.Table], list[str]]:
    """Return the registers of these files beside REPORTERS, and the mistakes."""
    mistakes = Mistakes()
    named = {f"{name}.{'csv' if name in {'zones', 'parks'} else 'toml'}": text.encode() for name, text in files.items()}
    tables = read_registers(named, read_reporters(REPORTERS.encode(), Mistakes()), mistakes)
    return tables, [str(one) for one in mistakes.sorted()]


def wrong_reporters(old: str, new: str) -> list[str]:
    mistakes = Mistakes()
    assert old in REPORTERS
    read_reporters(REPORTERS.replace(old, new).encode(), mistakes)
    return [str(one) for one in mistakes.sorted()]


def test_two_bodies_may_bear_one_name_at_different_times() -> None:
    mistakes = Mistakes()
    register = read_reporters(REPORTERS.encode(), mistakes)
    assert not mistakes.found
    assert [one.code for one in register.reporters if one.exists(date(2025, 6, 30))] == ["10", "15", "40"]
    assert [one.code for one in register.reporters if one.exists(date(2025, 7, 1))] == ["40", "15-2025"]
    assert register.successor_of("10") == "15-2025"
    assert register.successor_of("40") == "40"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2025-07-01", "2025-06-30", 'reporters.csv:5: "lao cai" đã dùng cho đơn vị mã 10'),
        ("2025-07-01", "2025-13-01", 'reporters.csv:5: Cột since ghi "2025-13-01"'),
        ("0,,2025-06-30,15-2025,10", "0,2025-07-02,2025-06-30,15-2025,10", "Ngày cuối 30/6/2025 trước ngày đầu"),
        ("15-2025,10", "99,10", 'reporters.csv:2: Không có đơn vị kế tiếp mã "99"'),
        ("2025-07-01", "2025-07-02", "reporters.csv:2: Ngày 1/7/2025 chưa có đơn vị kế tiếp mã 15-2025"),
        (",2025-06-30,15-2025,15", ",,15-2025,15", "reporters.csv:3: Có đơn vị kế tiếp (successor) nhưng không ghi"),
        ("40,Nghệ An", "15,Nghệ An", 'reporters.csv:4: "15" đã dùng cho đơn vị mã 15'),
    ],
)
def test_a_wrong_line_of_the_reporters_is_told(old: str, new: str, said: str) -> None:
    assert any(said in one for one in wrong_reporters(old, new)), wrong_reporters(old, new)


def test_conditions_are_asked_of_the_bodies_of_a_day() -> None:
    database = connect()
    register = read_reporters(REPORTERS.encode(), Mistakes())
    create_register(database, register)
    day = "since IS NULL OR since <= DATE '2025-07-01'"
    found = database.execute(f"SELECT code FROM reporters WHERE kkt_ven_bien > 0 AND ({day})").fetchall()
    assert found == [("40",)]
    assert database.execute("SELECT count(*) FROM reporters WHERE official_code = '15'").fetchall() == [(2,)]
    create_register(database, register, date(2025, 7, 1))
    assert database.execute("SELECT code FROM reporters ORDER BY code").fetchall() == [("15-2025",), ("40",)]


def test_a_register_with_a_wrong_date_can_still_be_asked() -> None:
    database = connect()
    create_register(database, read_reporters(REPORTERS.replace("2025-07-01", "hôm qua").encode(), Mistakes()))
    assert database.execute("SELECT since FROM reporters WHERE code = '15-2025'").fetchone() == (None,)


def test_one_address_may_be_listed_for_bodies_that_follow_each_other() -> None:
    mistakes = Mistakes()
    reporters = read_reporters(REPORTERS.encode(), Mistakes()).reporters
    contacts = "reporter,address\n10,a@x.example\n15-2025,a@x.example\n15,a@x.example\n40,a@x.example\n"
    heard = add_contacts(reporters, contacts.encode(), mistakes)
    assert {one.code for one in heard if one.addresses} == {"10", "15-2025"}
    assert [str(one) for one in mistakes.sorted()] == [
        "contacts:4: a@x.example đã ghi cho đơn vị mã 10",
        "contacts:5: a@x.example đã ghi cho đơn vị mã 10",
    ]


def test_an_address_may_speak_for_some_days_only_and_one_of_a_domain_may_not_at_all() -> None:
    mistakes = Mistakes()
    reporters = read_reporters(REPORTERS.encode(), Mistakes()).reporters
    contacts = (
        "reporter,address,role,valid_from,valid_until,exception\n"
        "40,*@x.example,,,,\n40,cu@x.example,,,2012-06-30,\n40,cu@x.example,,2012-09-01,,không\n"
        "40,moi@y.example,lãnh đạo,2012-07-01,2012-12-31,\n40,luon@y.example,,2012-07-01,,\n40,luon@y.example,,,,\n"
        "40,la@x.example,,,,x\n40,a@x.example,,2012-08-01,2012-07-01,\n40,b@x.example,,hôm qua,,\n40,c@x.example,,,,y\n"
    )
    heard = {one.code: one for one in add_contacts(reporters, contacts.encode(), mistakes)}["40"]
    assert [str(one) for one in mistakes.sorted()] == [
        "contacts:9: Ngày cuối 1/7/2012 trước ngày đầu 1/8/2012",
        'contacts:10: Cột valid_from ghi "hôm qua", phải là ngày có thật dạng 2025-07-01',
        'contacts:11: Cột exception ghi "y", phải là x (không được gửi thay đơn vị) hoặc để trống',
    ]
    assert heard.shut_out == ("la@x.example",)
    known = {"cu@x.example", "moi@y.example", "luon@y.example"}
    speaking = {
        day: sorted(known & set(heard.addresses_on(day)))
        for day in (date(2012, 6, 30), date(2012, 7, 1), date(2012, 9, 1), date(2013, 1, 1))
    }
    assert list(speaking.values()) == [
        ["cu@x.example", "luon@y.example"],
        ["luon@y.example", "moi@y.example"],
        ["cu@x.example", "luon@y.example", "moi@y.example"],
        ["cu@x.example", "luon@y.example"],
    ]


def test_without_files_every_register_is_there_and_empty() -> None:
    tables, mistakes = read()
    assert mistakes == []
    assert {name: one.schema for name, one in tables.items()} == dict(SCHEMAS)
    assert {name: one.num_rows for name, one in tables.items()} == {
        "don_vi": 4, "kkt": 0, "kcn": 0, "tham_so": 0, "tam_dung": 0,
    }  # fmt: skip


def test_empty_cells_of_a_register_are_null() -> None:
    (lao_cai, *_) = read()[0]["don_vi"].to_pylist()
    assert (lao_cai["official_code"], lao_cai["until"], lao_cai["kkt_ven_bien"]) == ("10", date(2025, 6, 30), 0)
    assert (lao_cai["since"], lao_cai["mst_prefix"], lao_cai["kkt_cua_khau"]) == (None, None, None)


def test_zones_know_their_old_and_their_new_body() -> None:
    tables, mistakes = read(zones=ZONES)
    assert mistakes == []
    dong_nam, lao_cai = tables["kkt"].to_pylist()
    assert dong_nam["dien_tich_ha"] == Decimal("18826.47")
    assert dong_nam["cach_goi_khac"] == ["Đông Nam Nghệ An", "ĐN Nghệ An"]
    assert (dong_nam["don_vi"], dong_nam["don_vi_moi"], dong_nam["co_nam_2012"]) == ("40", "40", True)
    assert (lao_cai["don_vi_moi"], lao_cai["dien_tich_ha"], lao_cai["ngay"]) == ("15-2025", None, None)


def test_parks_of_one_name_may_lie_in_two_provinces() -> None:
    tables, mistakes = read(parks=PARKS)
    assert mistakes == []
    assert [one["don_vi_moi"] for one in tables["kcn"].to_pylist()] == ["40", "15-2025"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ven_bien,", "bien,", 'zones.csv:2: Cột loai ghi "bien", phải là một trong: ven_bien, cua_khau'),
        (",40,", ",41,", 'zones.csv:2: Không có đơn vị báo cáo mã "41"'),
        ("18826.47", '"18.826,47"', 'zones.csv:2: Cột dien_tich_ha ghi "18.826,47", phải là số'),
        ("2007-06-11", "11/6/2007", 'zones.csv:2: Cột ngay ghi "11/6/2007", phải là ngày'),
        ("2007-06-11,1", "2007-06-11,có", 'zones.csv:2: Cột co_nam_2012 ghi "có"'),
        ("cua_khau,Lào Cai,,10", "ven_bien,ĐÔNG  NAM,,40", 'zones.csv:3: "ĐÔNG NAM" của đơn vị mã 40 đã ghi ở dòng 2'),
        (",1,s\ncua", ",1,\ncua", "zones.csv:2: Thiếu giá trị ở cột nguon"),
        ("nguon", "ghi_chu", "zones.csv:1: Thiếu cột nguon"),
    ],
)
def test_a_wrong_line_of_the_zones_is_told(old: str, new: str, said: str) -> None:
    assert old in ZONES
    found = [" ".join(one.split()) for one in read(zones=ZONES.replace(old, new))[1]]
    assert len(found) == 1
    assert found[0].startswith(said)


def test_a_value_without_a_last_day_holds_until_the_next_one() -> None:
    tables, mistakes = read(parameters=PARAMETERS)
    assert mistakes == []
    assert [(one["tu_ngay"], one["den_ngay"], one["gia_tri"]) for one in tables["tham_so"].to_pylist()] == [
        (date(2009, 10, 5), date(2017, 7, 14), Decimal(50)),
        (date(2017, 7, 15), None, Decimal("75.5")),
    ]
    assert [(one["doi_tuong"], one["tu_ngay"], one["den_ngay"]) for one in tables["tam_dung"].to_pylist()] == [
        ("KCN", date(2012, 3, 2), None),
        ("CCN", date(2012, 3, 2), None),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('source = "cũ"', 'until = 2018-01-01\nsource = "cũ"', "parameters.toml:6: muc có hai giá trị cùng hiệu lực"),
        ("2017-07-15", "2009-10-05", "parameters.toml:6: muc có hai giá trị cùng hiệu lực từ ngày 5/10/2009"),
        ('source = "mới"', "until = 2016-01-01\nsource = 'mới'", "parameters.toml:15: Ngày cuối 1/1/2016 trước"),
        ("value  = 50", "value  = 50.1234567", "parameters.toml:5: "),
        ('source = "mới"', "", "parameters.toml:9: Thiếu khóa source"),
        ('"CCN"', '"CNN"', "parameters.toml:18: Khóa subjects phải là một trong: KKT, KCN, CCN"),
    ],
)
def test_a_wrong_parameter_is_told(old: str, new: str, said: str) -> None:
    assert old in PARAMETERS
    (found,) = read(parameters=PARAMETERS.replace(old, new))[1]
    assert found.startswith(said)


def test_the_calendar_holds_days_off_and_days_worked() -> None:
    assert read_workdays({"calendar.toml": CALENDAR.encode()}, Mistakes()) == {
        date(2012, 1, 27): False,
        date(2012, 2, 4): True,
    }
    assert read_workdays({}, Mistakes()) == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2012-02-04", "2012-01-27", "calendar.toml:3: Ngày 27/1/2012 đã ghi ở trên"),
        ("2012-01-27", "2012-01-28", "calendar.toml:2: Ngày 28/1/2012 là cuối tuần, vốn đã nghỉ"),
        ("off    = [2012-01-27]\nworked = [2012-02-04]\n", "", "calendar.toml:1: Mục này chưa ghi ngày nào"),
        ('reason = "Tết"', "", "calendar.toml:1: Thiếu khóa reason"),
    ],
)
def test_a_wrong_entry_of_the_calendar_is_told(old: str, new: str, said: str) -> None:
    mistakes = Mistakes()
    assert old in CALENDAR
    read_workdays({"calendar.toml": CALENDAR.replace(old, new).encode()}, mistakes)
    (found,) = mistakes.sorted()
    assert str(found).startswith(said)
