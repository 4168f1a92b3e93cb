"""Every error body of the HTTP API, in the user's language. Knows statuses and sentences only."""

from collections.abc import Mapping
from typing import Any

TEXTS: Mapping[str, Mapping[str, str]] = {
    "bad_json": {"zh_CN": "请求内容不是 JSON 对象", "en": "The body is not a JSON object"},
    "not_logged_in": {"zh_CN": "请先登录", "en": "Please log in"},
    "token_expired": {"zh_CN": "登录已过期，请重新登录", "en": "Your login has expired; please log in again"},
    "wrong_password": {"zh_CN": "用户名或密码不对", "en": "Wrong user name or password"},
    "not_allowed": {"zh_CN": "您没有这个权限", "en": "You may not do this"},
    "not_found": {"zh_CN": "没有找到", "en": "Not found"},
    "too_large": {"zh_CN": "内容太大，最多 {max_bytes} 字节", "en": "Too large: at most {max_bytes} bytes"},
    "too_many": {"zh_CN": "尝试太多次，请 {retry_s} 秒后再试", "en": "Too many attempts; try again in {retry_s} s"},
    "unavailable": {"zh_CN": "暂时不能处理，请稍后再试", "en": "Not available just now; please try again"},
    "internal": {"zh_CN": "服务器出错，已记入日志", "en": "The server failed; it is in the log"},
    "wrong_fields": {"zh_CN": "有些内容需要改正", "en": "Some fields need correcting"},
    "Conflict": {"zh_CN": "别人刚刚改过这条记录", "en": "Someone else has just changed this record"},
    "StillReferred": {"zh_CN": "还有“{kind}”用到它，不能删除", "en": "It cannot be deleted: “{kind}” still uses it"},
    # a field of a query or a command
    "unknown": {"zh_CN": "没有这个参数", "en": "There is no such parameter"},
    "required": {"zh_CN": "必须填写", "en": "This is needed"},
    "type": {"zh_CN": "类型不对（{detail}）", "en": "Wrong type ({detail})"},
    "value": {"zh_CN": "值不对", "en": "Wrong value"},
    "sort": {"zh_CN": "不能按它排序", "en": "It cannot be sorted by this"},
    "cursor": {"zh_CN": "游标无效", "en": "Not a cursor of this list"},
    "limit": {"zh_CN": "应在 1 到 1000 之间", "en": "Must be 1 to 1000"},
    "moment": {"zh_CN": "应是时间，如 2026-11-22T08:15:30Z", "en": "Must be a time like 2026-11-22T08:15:30Z"},
    "paper": {"zh_CN": "应是 A5、A4 或 80mm", "en": "Must be A5, A4 or 80mm"},
}  # fmt: skip

STATUS = {
    "bad_json": 400, "not_logged_in": 401, "token_expired": 401, "wrong_password": 401, "not_allowed": 403,
    "not_found": 404, "too_large": 413, "wrong_fields": 422, "too_many": 429, "internal": 500,
    "unavailable": 503,
}  # fmt: skip


def say(code: str, language: str, **facts: object) -> str:
    texts = TEXTS[code]
    return texts.get(language, texts["en"]).format(**facts)


class ApiError(Exception):
    """An answer that is no success. facts: extra keys of the body, and what its sentence mentions."""

    def __init__(self, error: str, **facts: Any) -> None:
        super().__init__(error)
        self.error = error
        self.facts = facts

    @property
    def status(self) -> int:
        return STATUS[self.error]

    def body(self, language: str) -> dict[str, Any]:
        facts = {name: value for name, value in self.facts.items() if name in ("needs", "fields")}
        return {"error": self.error, "message": say(self.error, language, **self.facts)} | facts


def wrong_fields(language: str, **codes: str) -> ApiError:
    """A 422 naming the parameters by the code of their sentence."""
    return ApiError("wrong_fields", fields={name: say(code, language) for name, code in codes.items()})
