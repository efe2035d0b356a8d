"""Looks at what the ministry writes itself: rules, contacts, templates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jinja2 import TemplateError

from bot.adapters.content import read_contacts, read_rules, read_templates
from bot.language import one_line
from bot.preview.mails import open_gallery
from bot.reply.mistakes import TemplateMistake, locate
from bot.reply.render import Renderer
from bot.runners.doctor.point import Examined, Point
from bot.runners.rulebook import CONFIGURATION, load_followed

if TYPE_CHECKING:
    from datetime import date

    from bot.config import Config
    from bot.model import Rulebook

_OF_RULE = "Sửa dòng đó trong thư mục rules/."


def points_of_registers(day: date) -> tuple[Point, ...]:
    """Return the points of rules and contacts; only the reporters that exist on *day* are counted."""
    return (
        ("Quy tắc", partial(_rules, day=day), "Kiểm tra [content] rules; bỏ trống để dùng bản đi kèm chương trình."),
        (
            "Danh bạ",
            partial(_contacts, day=day),
            "Kiểm tra [content] contacts: tệp CSV với các cột reporter,address,role.",
        ),
    )


def find_template_mistakes(config: Config) -> tuple[str, ...]:
    """Return what is wrong in the templates, each as ``file: cause``; raises OSError."""
    try:
        renderer = Renderer(read_templates(config.content.templates))
    except TemplateError as problem:  # in what all templates share, so that none can be looked at
        return (one_line(str(locate(problem, ()) or problem)),)
    return tuple(one_line(str(mistake)) for mistake in renderer.find_mistakes())


def _rules(config: Config, day: date) -> Examined:
    rulebook = load_followed(read_rules(config.content.rules), None, config.ministry.campaigns)
    if isinstance(rulebook, tuple):
        more = f" (và {len(rulebook) - 1} lỗi khác)" if len(rulebook) > 1 else ""
        configured = rulebook[0].file == CONFIGURATION
        cure = "Sửa [ministry] campaigns theo tên các đợt có sẵn." if configured else _OF_RULE
        return Examined("Quy tắc", False, f"{rulebook[0]}{more}", cure)
    ended = _ended_series(rulebook, day)
    if ended:
        cure = "Ghi thêm năm vào khóa years trong campaign.toml của đợt đó."
        return Examined("Quy tắc", False, f"đợt định kỳ {ended} sắp hết kỳ đã khai", cure)
    followed = sum(one.followed and one.is_under_way(day) for one in rulebook.campaigns)
    families = len({one.family for one in rulebook.campaigns if one.followed})
    bodies = len(rulebook.reporters_on(day))
    said = f"{families} đợt, {followed} đang theo dõi, {len(rulebook.forms)} biểu, {bodies} đơn vị"
    return Examined("Quy tắc", True, said)


def _ended_series(rulebook: Rulebook, day: date) -> str:
    """Return the recurring campaigns whose last period begins before a year has gone, if there are any."""
    last: dict[str, date] = {}
    for one in rulebook.campaigns:
        if one.period and one.followed:
            last[one.series] = max(one.period.begin, last.get(one.series, one.period.begin))
    return ", ".join(series for series, begin in last.items() if begin <= day)


def _contacts(config: Config, day: date) -> Examined:
    path = config.content.contacts
    if path is None:
        return Examined(
            "Danh bạ", False, "chưa khai báo; chưa đơn vị nào gửi báo cáo được", "Ghi [content] contacts = tệp CSV."
        )
    rulebook = load_followed(read_rules(config.content.rules), read_contacts(path), config.ministry.campaigns)
    if isinstance(rulebook, tuple):
        wrong = [one for one in rulebook if one.file == "contacts"]
        if not wrong:
            return Examined("Danh bạ", False, "chưa xem được vì quy tắc còn lỗi", "Sửa quy tắc trước.")
        more = f" (và {len(wrong) - 1} lỗi khác)" if len(wrong) > 1 else ""
        return Examined("Danh bạ", False, f"{path.name}, dòng {wrong[0].line}: {wrong[0].say}{more}", "Sửa dòng đó.")
    # Who owes nothing in any campaign (corporations, mostly) is not missed.
    bodies = [one for one in rulebook.reporters_on(day) if one.addresses_on(day) or rulebook.owed_by(one.code)]
    silent = sum(not one.addresses_on(day) for one in bodies)
    said = f"{len(bodies) - silent} đơn vị có địa chỉ thư"
    if silent:
        cure = "Đơn vị chưa có địa chỉ thì không gửi được và không được đôn đốc; ghi thêm vào danh bạ."
        return Examined("Danh bạ", silent < len(bodies), f"{said}; {silent} đơn vị chưa có", cure)
    return Examined("Danh bạ", True, said)


def _templates(config: Config) -> Examined:
    mistakes = find_template_mistakes(config) or _find_slips(config)
    if mistakes:
        more = f" (và {len(mistakes) - 1} lỗi khác)" if len(mistakes) > 1 else ""
        cure = "Sửa mẫu trong thư mục templates/ riêng, hoặc xóa bản riêng để dùng bản gốc."
        return Examined("Mẫu thư", False, f"{mistakes[0]}{more}", cure)
    return Examined("Mẫu thư", True, "mọi mẫu đều dùng được")


def _find_slips(config: Config) -> tuple[str, ...]:
    """Write every mail with made-up data; return what only shows then, such as a value that no mail has."""
    gallery = open_gallery(read_templates(config.content.templates))
    found = (gallery,) if isinstance(gallery, TemplateMistake) else gallery.find_mistakes()
    return tuple(one_line(str(mistake)) for mistake in found)


TEMPLATES: Point = (
    "Mẫu thư",
    _templates,
    "Kiểm tra [content] templates; bỏ trống để dùng bản đi kèm chương trình.",
)
