"""The kinds of values that settings have, each with the sentence that tells its mistakes; and what sections share."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

Security = Literal["tls", "starttls", "none"]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\[\]\\]+@[^@\s<>(),;:\"\[\]\\]+")
_HOST = re.compile(r"[^\s/@:]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHORT_TIME = re.compile(r"\d:\d\d(:\d\d)?")


def _check_address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("không phải địa chỉ thư; ghi như baocao@bo.example")
    return value


def _check_host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("chỉ ghi tên máy chủ, không kèm giao thức hay cổng; cổng ghi ở port")
    return value


def _check_line(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("không được xuống dòng hay có ký tự điều khiển")
    return value


def _check_name(value: str) -> str:
    if not value:
        raise ValueError("không được để trống")
    return _check_line(value)


def _accept_day(value: object) -> object:
    # Pydantic takes a bare number for seconds since 1970, which nobody means here.
    if isinstance(value, (bool, int, float)):
        raise ValueError("phải là ngày, ghi như 2026-01-31")  # noqa: TRY004  pydantic turns only this into a mistake
    return value.date() if isinstance(value, datetime) else value


def _accept_time(value: object) -> object:
    if isinstance(value, (bool, int, float)):
        raise ValueError("phải là giờ trong ngày, ghi như 08:00:00")  # noqa: TRY004  as above
    return f"0{value}" if isinstance(value, str) and _SHORT_TIME.fullmatch(value.strip()) else value


def _check_time(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("luôn là giờ Việt Nam, không ghi múi giờ")
    return value


Address = Annotated[str, AfterValidator(_check_address)]
AddressOrNone = Annotated[str, AfterValidator(lambda value: _check_address(value) if value else value)]
Host = Annotated[str, AfterValidator(_check_host)]
Line = Annotated[str, AfterValidator(_check_line)]
Name = Annotated[str, AfterValidator(_check_name)]
Day = Annotated[date, BeforeValidator(_accept_day)]
Time = Annotated[time, BeforeValidator(_accept_time), AfterValidator(_check_time)]
ONE_OR_MANY = BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)
"""For a list: nobody writes brackets around one text."""


class Section(BaseModel):
    """What all sections share: no key that is not known, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
