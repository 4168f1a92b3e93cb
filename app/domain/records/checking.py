"""Checks what a person typed against a kind's description, and says what is wrong in his words.

Does not know whether a referred record exists or a number is taken: the storage asks that.
Values come as JSON gives them and leave in their one form (E.164, trimmed text, two decimals).
"""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.domain.numbers import plain, to_e164
from app.domain.records.description import Field, Kind

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "unknown": {"zh_CN": "没有这个字段", "en": "There is no such field"},
    "required": {"zh_CN": "请填写{label}", "en": "{label} is needed"},
    "given": {"zh_CN": "{label}由系统填写", "en": "{label} is filled in by the system"},
    "no_right": {"zh_CN": "您不能修改{label}", "en": "You may not change {label}"},
    "text": {"zh_CN": "{label}应是文字", "en": "{label} must be text"},
    "too_long": {"zh_CN": "{label}最多 {max} 个字", "en": "{label}: at most {max} characters"},
    "one_line": {"zh_CN": "{label}不能换行", "en": "{label} must be one line"},
    "choice": {"zh_CN": "{label}应是：{choices}", "en": "{label} must be one of: {choices}"},
    "integer": {"zh_CN": "{label}应是整数", "en": "{label} must be a whole number"},
    "money": {"zh_CN": "{label}应是金额，最多两位小数", "en": "{label} must be an amount with two decimals"},
    "minimum": {"zh_CN": "{label}不能小于 {min}", "en": "{label} must be at least {min}"},
    "maximum": {"zh_CN": "{label}不能大于 {max}", "en": "{label} must be at most {max}"},
    "date": {"zh_CN": "{label}应是日期，如 2026-11-22", "en": "{label} must be a date like 2026-11-22"},
    "time": {"zh_CN": "{label}应是时间，如 2026-11-22T08:15:30Z", "en": "{label} must be a time like 2026-11-22T08:15:30Z"},
    "yes_no": {"zh_CN": "{label}应是“是”或“否”", "en": "{label} must be yes or no"},
    "lines": {"zh_CN": "{label}第 {row} 行：{what}", "en": "{label}, row {row}: {what}"},
    "not_lines": {"zh_CN": "{label}应是列表", "en": "{label} must be a list"},
    "mobile_short": {"zh_CN": "手机号少 {n} 位", "en": "The mobile number is {n} digits short"},
    "mobile_long": {"zh_CN": "手机号多 {n} 位", "en": "The mobile number is {n} digits too long"},
    "phone": {"zh_CN": "{label}不是电话号码", "en": "{label} is not a telephone number"},
    "no_such": {"zh_CN": "没有这个{kind}", "en": "There is no such {kind}"},
}  # fmt: skip

MAX_LINES = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class WrongFields(Exception):
    """What was typed does not fit. fields: name → one sentence in the user's language."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = dict(fields)


class _Wrong(Exception):
    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def say(code: str, language: str, **facts: object) -> str:
    return MESSAGES[code].get(language, MESSAGES[code]["en"]).format(**facts)


def checked(
    kind: Kind,
    values: Mapping[str, Any],
    *,
    role: str,
    language: str,
    country: str = "CN",
    partial: bool = False,
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The values in their one form, or WrongFields with everything that is wrong at once.

    partial: a change of some fields; those left out are not looked at.
    before: the record as it stands; a field sent back unchanged needs no right, so a client may
        return the whole record it read.
    Not partial: fields left out get their default, and required ones must be there.
    """
    wrong: dict[str, str] = {}
    clean: dict[str, Any] = {}
    for name in values:
        if name not in kind.field_names or not kind.field(name).readable_by(role):
            wrong[name] = say("unknown", language)
    for field in kind.fields:
        if field.name in wrong:
            continue
        if field.name not in values:
            if not partial:
                clean[field.name] = field.default
                if field.required and field.default is None:
                    wrong[field.name] = say("required", language, label=_label(field, language))
            continue
        try:
            value = _clean(field, values[field.name], language, country)
            unchanged = before is not None and before.get(field.name) == value
            if not unchanged and not field.writable_by(role):
                raise _Wrong("given" if field.given else "no_right")
            if not unchanged or field.writable_by(role):
                clean[field.name] = value
        except _Wrong as error:
            wrong[field.name] = say(error.code, language, label=_label(field, language), **error.facts)
    if wrong:
        raise WrongFields(wrong)
    return clean


def _label(field: Field, language: str) -> str:
    return field.label.get(language, field.name)


def _clean(field: Field, value: Any, language: str, country: str) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.required:
            raise _Wrong("required")
        return field.default if field.type == "yes_no" else None
    match field.type:
        case "text" | "long_text" | "code" | "ref":
            return _text(field, value)
        case "phone":
            return _phone(field, value, country)
        case "choice":
            if not any(one.value == value for one in field.choices):
                raise _Wrong("choice", choices="、".join(one.label[language] for one in field.choices))
            return value
        case "integer" | "money":
            return _number(field, value)
        case "date":
            return _date(value)
        case "time":
            return _moment(value)
        case "yes_no":
            if not isinstance(value, bool):
                raise _Wrong("yes_no")
            return value
        case "lines":
            return _lines(field, value, language, country)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("text")
    text = value.replace("\r\n", "\n").strip()
    if len(text) > field.max_length:
        raise _Wrong("too_long", max=field.max_length)
    if field.type != "long_text" and "\n" in text:
        raise _Wrong("one_line")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Wrong("text") from None
    return _CONTROL.sub("", text)


def _phone(field: Field, value: Any, country: str) -> str:
    if not isinstance(value, str) or len(value) > 60:
        raise _Wrong("phone")
    e164 = to_e164(value, country)
    if e164:
        return e164
    digits = plain(value)
    if not digits.isascii() or not digits.isdigit():
        raise _Wrong("phone")
    if country == "CN" and digits[0] == "1" and digits[1:2] in set("3456789") and len(digits) > 6:
        short = 11 - len(digits)
        raise _Wrong("mobile_short" if short > 0 else "mobile_long", n=abs(short))
    if not 3 <= len(digits) <= 8:
        raise _Wrong("phone")
    return digits


def _number(field: Field, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Wrong(field.type)
    if field.type == "integer":
        if value != int(value) or abs(value) > 2**53:
            raise _Wrong("integer")
        number: int | float = int(value)
    else:
        if abs(value) > 1e12 or abs(value * 100 - round(value * 100)) > 1e-6 * max(1.0, abs(value)):
            raise _Wrong("money")
        number = round(float(value), 2)
    if field.minimum is not None and number < field.minimum:
        raise _Wrong("minimum", min=field.minimum)
    if field.maximum is not None and number > field.maximum:
        raise _Wrong("maximum", max=field.maximum)
    return number


def _date(value: Any) -> str:
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise _Wrong("date") from None


def _moment(value: Any) -> str:
    """A moment with its zone, in UTC to the millisecond; a time without a zone is refused."""
    try:
        if not isinstance(value, str) or len(value) > 40:
            raise ValueError
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or not 1970 <= moment.year <= 9000:
            raise ValueError
        return moment_text(moment.timestamp())
    except (ValueError, OverflowError):
        raise _Wrong("time") from None


def moment_text(posix_s: float) -> str:
    """`2026-11-22T08:15:30.123Z`."""
    whole, milli = divmod(round(posix_s * 1000), 1000)
    days, seconds = divmod(whole, 86400)
    day = date.fromordinal(719163 + days).isoformat()
    return f"{day}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milli:03}Z"


def _lines(field: Field, value: Any, language: str, country: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MAX_LINES:
        raise _Wrong("not_lines")
    names = {column.name for column in field.columns}
    rows: list[dict[str, Any]] = []
    for row, line in enumerate(value, 1):
        if not isinstance(line, dict) or not set(line) <= names:
            raise _Wrong("lines", row=row, what=say("unknown", language))
        clean: dict[str, Any] = {}
        for column in field.columns:
            try:
                clean[column.name] = _clean(column, line.get(column.name, column.default), language, country)
            except _Wrong as error:
                what = say(error.code, language, label=_label(column, language), **error.facts)
                raise _Wrong("lines", row=row, what=what) from None
        rows.append(clean)
    return rows
