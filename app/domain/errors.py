"""Refusals: what was asked is impossible *now*; nothing has changed.

A refusal carries facts as fields; the sentence for the user is made from them in his
language where he is (`reason_text`). Knows nothing of HTTP: the web answers 409 with
`{"refused": kind, "reason": …, **facts}`.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.words import word


def _said(value: Any, language: str) -> Any:
    return word(value, language) if isinstance(value, str) else value


@dataclass(kw_only=True, eq=False)
class Refused(Exception):
    """The asker may try something else; the class's name is what clients see."""

    text: ClassVar[dict[str, str]] = {"zh_CN": "现在不能这样做", "en": "This is not possible now"}

    @property
    def kind(self) -> str:
        return type(self).__name__

    def facts(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}

    def reason_text(self, language: str) -> str:
        template = self.text.get(language) or self.text["en"]
        return template.format(**{name: _said(value, language) for name, value in self.facts().items()})

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason_text('en')}"


@dataclass(kw_only=True, eq=False)
class NotInThisState(Refused):
    """The agent (or his call) is in a state where this command means nothing."""

    text = {
        "zh_CN": "当前状态“{state}”下不能“{command}”",
        "en": "You cannot {command} in state “{state}”",
    }
    command: str
    state: str


@dataclass(kw_only=True, eq=False)
class NoSuchCall(Refused):
    text = {"zh_CN": "没有这通电话", "en": "There is no such call"}
    call_id: str | None


@dataclass(kw_only=True, eq=False)
class NoSuchAgent(Refused):
    text = {"zh_CN": "没有坐席“{agent_id}”", "en": "There is no agent “{agent_id}”"}
    agent_id: str | None


@dataclass(kw_only=True, eq=False)
class NoSuchPlace(Refused):
    """A queue, flow, mailbox, phone or conference that is not configured."""

    text = {"zh_CN": "没有“{place}”", "en": "There is no “{place}”"}
    place: str


@dataclass(kw_only=True, eq=False)
class NoSuchRecording(Refused):
    text = {"zh_CN": "这通电话没有在录音", "en": "This call is not being recorded"}
    call_id: str


@dataclass(kw_only=True, eq=False)
class AgentBusy(Refused):
    text = {
        "zh_CN": "坐席“{agent_id}”现在不能接（{state}）",
        "en": "Agent “{agent_id}” cannot take it now ({state})",
    }
    agent_id: str
    state: str


@dataclass(kw_only=True, eq=False)
class NoLine(Refused):
    """No outgoing rule, trunk, board or desk line can carry this."""

    text = {"zh_CN": "没有可用的线路（{why}）", "en": "No line is free for this ({why})"}
    why: str


@dataclass(kw_only=True, eq=False)
class NotAllowedNumber(Refused):
    text = {"zh_CN": "不允许拨打“{number}”", "en": "“{number}” may not be called"}
    number: str


@dataclass(kw_only=True, eq=False)
class OutOfHours(Refused):
    text = {"zh_CN": "现在不是服务时间", "en": "Out of hours"}
    place: str


@dataclass(kw_only=True, eq=False)
class LimitReached(Refused):
    text = {"zh_CN": "已达上限（{limit}）", "en": "The limit is reached ({limit})"}
    limit: str


@dataclass(kw_only=True, eq=False)
class WrongFields(Refused):
    """A field's value can never be right; the web answers 422 with these `fields`."""

    text = {"zh_CN": "填写有误", "en": "Some fields are wrong"}
    fields: dict[str, str]
