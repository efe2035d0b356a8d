"""A small campaign by hand: two forms, five provinces, two deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.model import Campaign, Column, Contact, Deadline, Form, Obligation, Period, Reporter, Rulebook

CAMPAIGN = "2012-kkt-kcn"
FORM_1, FORM_34 = "I.1", "III.4"
MID_JULY = Deadline("trước ngày 15/7/2012", date(2012, 7, 15))
NOVEMBER = Deadline("trước ngày 30/11/2012", date(2012, 11, 30))

COLUMNS = (
    Column("tt", ("TT",), "integer"),
    Column("ten_kcn", ("Tên KCN",), "text", required=True, example="KCN Nam Cấm"),
    Column("dia_diem", ("Địa điểm",), "text"),
    Column("chu_dau_tu", ("Chủ đầu tư hạ tầng",), "text"),
    Column("nam_quy_hoach", ("Năm quy hoạch",), "year", example="2005"),
    Column("dien_tich_quy_hoach", ("Diện tích quy hoạch",), "decimal", "ha", min=Decimal(0), sum=True),
    Column("quyet_dinh", ("Quyết định thành lập",), "text"),
    Column("dien_tich_thanh_lap", ("Diện tích thành lập",), "decimal", "ha", min=Decimal(0), sum=True),
    Column("co_the_cho_thue", ("Diện tích đất công nghiệp có thể cho thuê",), "decimal", "ha", min=Decimal(0)),
    Column("da_cho_thue", ("Diện tích đất công nghiệp đã cho thuê",), "decimal", "ha", min=Decimal(0)),
    Column("ty_le_lap_day", ("Tỷ lệ lấp đầy",), "percent", "%"),
    Column("nam_hoat_dong", ("Năm đi vào hoạt động",), "year", example="2005"),
)
"""Of form I.1, from A to L."""

_REPORTERS = (
    Reporter("38", "Thanh Hóa", "Tỉnh Thanh Hóa", "Ban Quản lý KKT Nghi Sơn", "tinh", "Bắc Trung Bộ"),
    Reporter(
        code="40",
        name="Nghệ An",
        full_name="Tỉnh Nghệ An",
        addressee="Ban Quản lý KKT Đông Nam Nghệ An",
        kind="tinh",
        region="Bắc Trung Bộ",
        addresses=("bql@nghean.example", "*@kktdongnam.example"),
    ),
    Reporter("42", "Hà Tĩnh", "Tỉnh Hà Tĩnh", "Ban Quản lý KKT tỉnh Hà Tĩnh", "tinh", "Bắc Trung Bộ"),
    Reporter("10", "Lào Cai", "Tỉnh Lào Cai", "Ban Quản lý KKT tỉnh Lào Cai", "tinh", "Trung du, miền núi phía Bắc"),
    Reporter("20", "Lạng Sơn", "Tỉnh Lạng Sơn", "Ban Quản lý KKT cửa khẩu", "tinh", "Trung du, miền núi phía Bắc"),
)


def _rulebook() -> Rulebook:
    campaign = Campaign(
        id=CAMPAIGN,
        title="Rà soát quy hoạch và hoạt động của KCN, KKT năm 2012",
        ministry="Bộ Kế hoạch và Đầu tư",
        department="Vụ Quản lý các khu kinh tế",
        dispatch="thực hiện Chỉ thị số 07/CT-TTg ngày 02/3/2012",
        opened=date(2012, 6, 20),
        contact=Contact(
            role="Chuyên viên tổng hợp đợt báo cáo",
            telephone="(024) 0000 0000",
            hours="8:00–11:30 và 13:30–17:00 các ngày làm việc",
            address="dau-moi@baocao.example",
        ),
        forms=(FORM_1, FORM_34),
        reminders=(5, 3, 1),
    )
    forms = (
        Form(
            FORM_1, CAMPAIGN, "Biểu I.1. Tình hình quy hoạch, thành lập và hoạt động của các KCN", "", COLUMNS, (), ()
        ),
        Form(
            FORM_34,
            CAMPAIGN,
            "Biểu III.4. Cơ sở dữ liệu các dự án đầu tư trong KCN, KKT",
            "",
            (Column("dien_tich_thue_ha", ("Diện tích đất thuê",), "decimal", "ha", min=Decimal(0)),),
            (),
            (),
        ),
    )
    obligations = tuple(
        Obligation(CAMPAIGN, form, reporter.code, deadline)
        for reporter in _REPORTERS
        for form, deadline in ((FORM_1, MID_JULY), (FORM_34, NOVEMBER))
    )
    return Rulebook((campaign,), forms, _REPORTERS, obligations, {}, "ab" * 32)


def _periodic() -> Rulebook:
    """Return the same request as one that recurs: its rounds of 2012 and of 2013."""
    rounds = tuple(
        replace(
            RULEBOOK.campaigns[0],
            id=f"{CAMPAIGN}.{year}-N",
            opened=date(year, 12, 15),
            closed=date(year + 1, 12, 14),
            series=CAMPAIGN,
            period=Period(f"{year}-N", f"Cả năm {year}", date(year - 1, 12, 15), date(year, 12, 14)),
        )
        for year in (2012, 2013)
    )
    due = Deadline("trước ngày 31/1/2013", date(2013, 1, 31))
    owed = tuple(replace(one, campaign=rounds[0].id, deadline=due) for one in RULEBOOK.obligations)
    return replace(RULEBOOK, campaigns=rounds, obligations=owed)


RULEBOOK = _rulebook()
"""The campaign of 2012 with two forms and five provinces."""
PERIODIC = _periodic()
