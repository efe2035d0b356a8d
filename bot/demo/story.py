"""The campaign of 2012 as the demo plays it: who sends what, when, and how each mail must end."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import TYPE_CHECKING

from bot.demo import mistakes
from bot.demo.annex_story import tell_annexes, whole_annex
from bot.demo.drawing import draw_xls, draw_xlsx
from bot.demo.envelopes import File, Letter, away, bounce, cut, forwarding, gmail, outlook, thunderbird, webmail
from bot.demo.files import lock_workbook, make_archive, make_letter, make_scan
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.demo.projects import count_projects, make_projects_book
from bot.demo.talk_story import tell_talks
from bot.demo.workbooks import make_parks_workbook, make_projects_workbook
from bot.demo.writing import PARKS, PROJECTS, Post, at, corrected_text, post, usual_text, write
from bot.demo.zone_story import tell_zones
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.demo.mistakes import Bent
    from bot.demo.pages import Book

_PROJECTS_SUBJECT = "Cơ sở dữ liệu dự án đầu tư trong KCN, KKT ({form}) {name}"

_GOOD_PARKS = (
    ("20/6 08:40", "Đà Nẵng"),
    ("22/6 10:12", "Bắc Giang"),
    ("26/6 15:31", "Hà Nam"),
    ("28/6 09:05", "Bình Định"),
    ("2/7 14:20", "Ninh Bình"),
    ("3/7 08:17", "Quảng Ngãi"),
    ("11/7 11:02", "Ninh Thuận"),
)
_WHOLE_ANNEX = (
    ("9/7 09:26", "Bình Thuận"),
    ("12/7 15:15", "Bà Rịa - Vũng Tàu"),
)
"""Who sends all four forms of the annex in one workbook."""
_GOOD_PROJECTS = (
    ("17/9 09:41", "Quảng Nam"),
    ("8/10 14:09", "Hải Phòng"),
    ("22/10 08:30", "Vĩnh Phúc"),
    ("5/11 10:55", "Thái Bình"),
    ("19/11 16:02", "Bắc Giang"),
    ("26/11 09:14", "Nghệ An"),
)
_PARK_MISTAKES: tuple[tuple[str, str, Callable[[Book], Bent], str, str], ...] = (
    ("21/6 09:20", "Nghệ An", mistakes.lease_more_than_there_is, "25/6 14:02", "đã cho thuê nhiều hơn có thể cho thuê"),
    ("25/6 10:44", "Thanh Hóa", mistakes.write_words_for_a_year, "28/6 08:36", "cột năm ghi chữ"),
    ("27/6 15:08", "Hải Dương", mistakes.type_a_wrong_total, "29/6 10:27", "dòng tổng cộng sai"),
    ("29/6 16:20", "Hưng Yên", mistakes.glue_the_unit_to_a_number, "", "số ghi dạng chữ kèm đơn vị"),
    ("2/7 08:51", "Thái Nguyên", mistakes.write_a_number_of_two_readings, "", "số có thể hiểu theo hai cách"),
    ("3/7 09:37", "Quảng Trị", mistakes.write_a_negative_area, "", "diện tích âm"),
    ("4/7 14:46", "Lào Cai", mistakes.invent_a_status, "9/7 08:11", "tình trạng ngoài danh mục"),
    ("5/7 10:19", "Nam Định", mistakes.leave_a_cell_empty, "6/7 15:40", "bỏ trống ô bắt buộc"),
    ("6/7 08:29", "Đồng Nai", mistakes.write_square_metres, "", "ghi m² thay cho ha"),
    ("6/7 16:33", "Long An", mistakes.write_lease_in_square_metres, "11/7 09:50", "hai cột cho thuê ghi m²"),
    ("4/7 14:15", "Bắc Ninh", mistakes.rename_a_column, "9/7 09:03", "cột mang tên khác hẳn"),
    ("5/7 16:48", "Tiền Giang", mistakes.reword_a_column, "", "tên cột thêm một từ"),
    ("10/7 08:44", "Vĩnh Phúc", mistakes.shuffle_the_columns, "", "đổi thứ tự cột, thêm một cột"),
    ("10/7 15:52", "Phú Thọ", mistakes.drop_a_column, "12/7 10:06", "xóa một cột bắt buộc"),
    ("11/7 09:18", "Lâm Đồng", mistakes.send_only_the_header, "13/7 14:31", "gửi biểu chưa có dòng nào"),
)
_PROJECT_MISTAKES: tuple[tuple[str, str, Callable[[Book], Bent], str, str], ...] = (
    ("1/10 09:33", "Bình Dương", mistakes.start_before_the_certificate, "", "sản xuất trước khi được cấp phép"),
    ("15/10 15:27", "Long An", mistakes.use_a_certificate_twice, "17/10 08:45", "một số GCNĐT ghi hai lần"),
    ("29/10 10:40", "Tây Ninh", mistakes.date_in_the_future, "31/10 14:20", "ngày cấp trong tương lai"),
    ("7/11 08:58", "Bình Phước", mistakes.register_nothing, "9/11 10:16", "dự án FDI không có vốn đăng ký"),
    ("12/11 14:55", "Cần Thơ", mistakes.mistype_a_tax_code, "", "mã số thuế sai chữ số kiểm tra"),
    ("20/11 08:38", "Hà Nội", mistakes.spend_more_than_registered, "", "vốn thực hiện vượt vốn đăng ký"),
    ("23/11 15:03", "Quảng Ninh", mistakes.leave_the_enterprise_empty, "28/11 09:21", "thiếu tên doanh nghiệp"),
)


def tell(seed: int) -> Iterator[Post]:
    """Yield all mails of the campaign, in no order."""
    yield from _good(seed)
    yield from tell_annexes(seed)
    yield from tell_zones(seed)
    yield from _bent_parks(seed)
    yield from _bent_projects(seed)
    yield from _both_forms(seed)
    yield from _other_layouts(seed)
    yield from _repeated(seed)
    yield from _forwarded(seed)
    yield from _broken(seed)
    yield from _other_files(seed)
    yield from _late(seed)
    yield from _strangers_and_machines(seed)
    yield from tell_talks(seed)


def _good(seed: int) -> Iterator[Post]:
    for when, name in _GOOD_PARKS:
        yield post(write(when, name, (_parks_file(name, seed),)), f"{PARKS} đạt yêu cầu", Outcome.ACCEPTED)
    for when, name in _WHOLE_ANNEX:
        files = whole_annex(name, make_parks_book(province(name), seed=seed), seed)
        letter = write(when, name, files, subject=f"{name} - Phụ lục I (Biểu I.1 đến I.4)")
        yield post(letter, "Phụ lục I: bốn biểu trong một tệp, kèm báo cáo, đạt yêu cầu", Outcome.ACCEPTED)
    for at_row, (when, name) in enumerate(_GOOD_PROJECTS):
        rows = count_projects(province(name))
        data = make_projects_workbook(province(name), seed=seed, sheets=at_row % 2 == 1, grouped=at_row % 3 == 2)
        yield post(_projects_letter(when, name, data), f"{PROJECTS} đạt yêu cầu ({rows} dự án)", Outcome.ACCEPTED)


def _bent_parks(seed: int) -> Iterator[Post]:
    for when, name, bend, again, what in _PARK_MISTAKES:
        bent = bend(make_parks_book(province(name), seed=seed))
        letter = write(when, name, (File(f"Biểu I.1 - {name}.xlsx", draw_xlsx(bent.book)),))
        yield post(letter, f"{PARKS}: {what}", bent.outcome)
        if again:
            yield post(
                _corrected(again, name, PARKS, _parks_file(name, seed)),
                f"{PARKS}: gửi lại bản đã sửa",
                Outcome.ACCEPTED,
            )
    name, other = "Quảng Bình", "Hà Tĩnh"
    bent = mistakes.name_another_province(make_parks_book(province(name), seed=seed), province(other))
    letter = write("11/7 15:36", name, (File("Biểu I.1.xlsx", draw_xlsx(bent.book)),))
    yield post(letter, f"{PARKS}: tệp ghi tên tỉnh khác", bent.outcome)
    yield post(
        _corrected("12/7 16:10", name, PARKS, _parks_file(name, seed)),
        f"{PARKS}: gửi đúng tệp của tỉnh",
        Outcome.ACCEPTED,
    )


def _bent_projects(seed: int) -> Iterator[Post]:
    for when, name, bend, again, what in _PROJECT_MISTAKES:
        good = make_projects_book(province(name), seed=seed)
        bent = bend(good)
        yield post(_projects_letter(when, name, draw_xlsx(bent.book)), f"{PROJECTS}: {what}", bent.outcome)
        if again:
            file = File(f"Biểu III.4 - {name} (sửa).xlsx", draw_xlsx(good))
            yield post(_corrected(again, name, PROJECTS, file), f"{PROJECTS}: gửi lại bản đã sửa", Outcome.ACCEPTED)


def _both_forms(seed: int) -> Iterator[Post]:
    name, place = "Khánh Hòa", province("Khánh Hòa")
    subject = f"{name}: báo cáo {PARKS} và {PROJECTS}"
    projects = File(f"Biểu III.4 {name}.xlsx", make_projects_workbook(place, seed=seed))
    letter = write("12/7 09:40", name, (_parks_file(name, seed), projects), subject=subject)
    yield post(letter, "Hai biểu trong một thư, đều đạt", Outcome.ACCEPTED)

    name, place = "Gia Lai", province("Gia Lai")
    subject = f"{name}: báo cáo {PARKS} và {PROJECTS}"
    good = make_projects_book(place, seed=seed)
    bad = File(f"Biểu III.4 {name}.xlsx", draw_xlsx(mistakes.use_a_certificate_twice(good).book))
    letter = write("13/7 10:24", name, (_parks_file(name, seed), bad), subject=subject)
    yield post(letter, f"Hai biểu trong một thư: {PARKS} đạt, {PROJECTS} phải sửa", Outcome.RETURNED)
    fixed = File(f"Biểu III.4 {name} (sửa).xlsx", draw_xlsx(good))
    yield post(_corrected("18/7 08:52", name, PROJECTS, fixed), f"{PROJECTS}: gửi lại bản đã sửa", Outcome.ACCEPTED)


def _other_layouts(seed: int) -> Iterator[Post]:
    name = "Vĩnh Long"
    shares = File("Bieu I.1 Vinh Long.xlsx", make_parks_workbook(province(name), seed=seed, shares=True))
    yield post(write("9/7 10:05", name, (shares,)), f"{PARKS}: tỷ lệ ở ô định dạng phần trăm", Outcome.ACCEPTED)
    name = "Đà Nẵng"
    old = File("CSDL du an Da Nang.xls", make_projects_workbook(province(name), seed=seed, old=True))
    letter = write("12/11 09:00", name, (old,), subject=_PROJECTS_SUBJECT.format(form=PROJECTS, name=name))
    yield post(letter, f"{PROJECTS}: tệp .xls của Excel 2003", Outcome.ACCEPTED)
    name = "Đồng Nai"
    large = make_projects_workbook(province(name), seed=seed, sheets=True)
    yield post(
        _projects_letter("27/11 15:47", name, large), f"{PROJECTS}: 300 dự án, hai trang FDI và DDI", Outcome.ACCEPTED
    )
    name = "Hà Tĩnh"
    book = make_parks_book(province(name), seed=seed)
    yield post(
        write("10/7 16:04", name, (File("Bieu I.1 Ha Tinh.xls", draw_xls(book)),)),
        f"{PARKS}: tệp .xls",
        Outcome.ACCEPTED,
    )


def _repeated(seed: int) -> Iterator[Post]:
    file = _parks_file("Hà Nam", seed)
    text = "Xin gửi lại báo cáo để Quý Bộ tiện theo dõi.\n\nTrân trọng./.\n"
    letter = write("4/7 08:05", "Hà Nam", (file,), subject="Gửi lại: báo cáo rà soát quy hoạch KCN", text=text)
    yield post(letter, "Cùng một tệp, gửi trong thư mới", Outcome.DUPLICATE)
    first = next(one for one in _good(seed) if one.reporter == province("Ninh Bình").code)
    title = "Cùng một thư được chuyển đến hai lần: chỉ trả lời một lần"
    yield Post(at("2/7 14:23"), first.raw, title, first.expect, first.reporter)


def _forwarded(seed: int) -> Iterator[Post]:
    name = "Tây Ninh"
    inner = webmail(write("9/7 16:20", name, (_parks_file(name, seed),)))
    text = f"Sở Kế hoạch và Đầu tư xin chuyển báo cáo của {province(name).board}.\n"
    letter = write("10/7 09:12", name, (), subject=f"Fwd: {name} - báo cáo rà soát KCN", text=text, office=True)
    yield post(
        letter,
        "Thư chuyển tiếp nguyên thư, biểu nằm bên trong",
        Outcome.ACCEPTED,
        client=partial(forwarding, inner=inner),
    )
    name = "Hải Phòng"
    letter = write("13/7 11:28", name, (_parks_file(name, seed),), subject=f"Fwd: Báo cáo {PARKS}", office=True)
    yield post(letter, "Thư chuyển tiếp, biểu đính kèm trực tiếp", Outcome.ACCEPTED, client=gmail)


def _broken(seed: int) -> Iterator[Post]:
    name = "Bình Dương"
    book = make_parks_workbook(province(name), seed=seed)
    locked = File(f"Biểu I.1 {name}.xlsx", lock_workbook(book, seed))
    yield post(write("4/7 09:55", name, (locked,)), "Tệp có mật khẩu", Outcome.REFUSED)
    yield post(
        _corrected("5/7 08:20", name, PARKS, _parks_file(name, seed)), f"{PARKS}: đã bỏ mật khẩu", Outcome.ACCEPTED
    )
    name = "Quảng Nam"
    yield post(write("5/7 14:37", name, (File(f"Biểu I.1 {name}.xlsx", b""),)), "Tệp rỗng (0 byte)", Outcome.REFUSED)
    yield post(
        _corrected("6/7 09:11", name, PARKS, _parks_file(name, seed)), f"{PARKS}: gửi lại tệp đủ", Outcome.ACCEPTED
    )
    name = "Thái Bình"
    good = _parks_file(name, seed)
    half = File(good.name, good.data[: len(good.data) * 6 // 10])
    yield post(write("10/7 10:31", name, (half,)), "Tệp bị cắt cụt", Outcome.REFUSED)
    yield post(_corrected("11/7 08:03", name, PARKS, good), f"{PARKS}: gửi lại tệp đủ", Outcome.ACCEPTED)
    letter = write("11/7 16:42", "Cần Thơ", (_parks_file("Cần Thơ", seed),))
    yield post(letter, "Thư đứt giữa đường truyền, tệp thiếu phần cuối", Outcome.REFUSED, client=_cut_off)
    yield post(
        _corrected("12/7 08:47", "Cần Thơ", PARKS, _parks_file("Cần Thơ", seed)), f"{PARKS}: gửi lại", Outcome.ACCEPTED
    )


def _other_files(seed: int) -> Iterator[Post]:
    scan = File("BC 85 BQL.pdf", make_scan())
    text = "Kính gửi Quý Bộ báo cáo của tỉnh (tệp đính kèm).\n\nTrân trọng./.\n"
    letter = write("9/7 15:25", "Quảng Ninh", (), text=text)
    yield post(letter, "Quên đính kèm tệp, chỉ có biểu trưng trong chữ ký", Outcome.REFUSED, client=outlook)
    packed = make_archive({"Bieu I.1.xlsx": _parks_file("Quảng Ninh", seed).data})
    letter = write("10/7 08:15", "Quảng Ninh", (File("Bao cao.zip", packed),))
    yield post(letter, f"{PARKS}: gửi trong tệp nén", Outcome.ACCEPTED)
    word = File("Báo cáo rà soát quy hoạch KCN.docx", make_letter(("ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ NỘI", "BÁO CÁO")))
    files = (word, _parks_file("Hà Nội", seed), scan)
    yield post(
        write("11/7 10:49", "Hà Nội", files),
        "Công văn Word, bản chụp PDF và biểu Excel trong một thư",
        Outcome.ACCEPTED,
    )


def _late(seed: int) -> Iterator[Post]:
    file = _parks_file("Hưng Yên", seed)
    letter = write("14/7 23:50", "Hưng Yên", (file,), subject=f"Hưng Yên: thay thế {PARKS}")
    yield post(letter, f"{PARKS}: bản thay thế, gửi lúc 23:50 ngày cuối", Outcome.ACCEPTED)
    for when, name, days in (("18/7 10:22", "Thừa Thiên Huế", 3), ("20/8 14:41", "Hồ Chí Minh", 36)):
        yield post(write(when, name, (_parks_file(name, seed),)), f"{PARKS}: gửi chậm {days} ngày", Outcome.ACCEPTED)
    # macOS writes file names decomposed (NFD).
    name = unicodedata.normalize("NFD", "Biểu I.1 Đồng Nai.xlsx")
    again = File(name, make_parks_workbook(province("Đồng Nai"), seed=seed))
    letter = write("24/7 09:30", "Đồng Nai", (again,), text=corrected_text(province("Đồng Nai").board))
    yield post(letter, f"{PARKS}: bản ghi ha, thay bản ghi m²", Outcome.ACCEPTED, client=thunderbird)
    data = make_projects_workbook(province("Phú Thọ"), seed=seed, grouped=True)
    letter = _projects_letter("29/11 23:50", "Phú Thọ", data)
    yield post(letter, f"{PROJECTS}: gửi lúc 23:50 ngày cuối", Outcome.ACCEPTED)
    for when, name, days in (("3/12 08:34", "Bắc Ninh", 3), ("5/12 16:25", "Bình Thuận", 5)):
        data = make_projects_workbook(province(name), seed=seed, sheets=count_projects(province(name)) > 100)
        yield post(_projects_letter(when, name, data), f"{PROJECTS}: gửi chậm {days} ngày", Outcome.ACCEPTED)


def _strangers_and_machines(seed: int) -> Iterator[Post]:
    signed = "Văn phòng tư vấn khu công nghiệp"
    letter = Letter(
        at("3/7 10:10"), "tuvan.kcn@vanphong.example", signed, "Gửi hộ báo cáo tỉnh Nam Định",
        usual_text(signed, PARKS), (_parks_file("Nam Định", seed),),
    )  # fmt: skip
    yield Post(letter.sent_at, gmail(letter), "Địa chỉ chưa đăng ký gửi biểu", Outcome.HELD, "")
    forged = write("5/7 22:47", "Quảng Ngãi", (_parks_file("Quảng Ngãi", seed + 1),))
    title = "Mạo danh một tỉnh: máy chủ thư xác định không phải tỉnh đó gửi"
    yield Post(forged.sent_at, webmail(forged), title, Outcome.HELD, province("Quảng Ngãi").code, genuine=False)
    place = province("Bình Định")
    text = "Cảm ơn đã gửi thư. Tôi đi công tác từ ngày 28/6 đến ngày 2/7/2012, xin trả lời sau.\n"
    letter = Letter(at("28/6 09:06"), place.address, place.board, "Trả lời tự động: [Đã tiếp nhận] Biểu I.1", text)
    yield Post(letter.sent_at, away(letter), "Thư trả lời tự động báo vắng mặt", Outcome.IGNORED, place.code)
    lost = province("Lào Cai").department_address
    text = "This is the mail system. Your message could not be delivered.\n"
    letter = Letter(at("2/7 08:02"), "mailer-daemon@laocai.example", "Mail Delivery System", "Undelivered Mail", text)
    yield Post(letter.sent_at, bounce(letter, lost), "Thư báo không chuyển được", Outcome.IGNORED, "")


# -- pieces --------------------------------------------------------------------------------------------------


def _parks_file(name: str, seed: int) -> File:
    return File(f"Biểu I.1 - {name}.xlsx", make_parks_workbook(province(name), seed=seed))


def _projects_letter(when: str, name: str, data: bytes) -> Letter:
    subject = _PROJECTS_SUBJECT.format(form=PROJECTS, name=name)
    return write(when, name, (File(f"Biểu III.4 - CSDL dự án {name}.xlsx", data),), subject=subject)


def _corrected(when: str, name: str, form: str, file: File) -> Letter:
    text = corrected_text(province(name).board)
    return write(when, name, (file,), subject=f"Re: [Cần chỉnh sửa] {form} – {name}", text=text)


def _cut_off(letter: Letter) -> bytes:
    return cut(thunderbird(letter), 0.7)
