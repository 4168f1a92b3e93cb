"""Golden conversations: a caller's script and how it must end.

    {"flow": "main", "title": …, "caller": "13800138000", "at": "2026-11-23T10:00", "language": "en",
     "given": {…},                     what records and queues answer, see `rehearsal`
     "steps": [{"hear": "welcome"},    plays now, or after what plays now
               {"press": "1"},         keys one after the other, right now
               {"wait_s": 5},          silence, counted after the prompts
               {"hang_up": true}],
     "end": {"queue": "service"}}      or voicemail, transfer, hang_up: "flow"|"caller"|true;
                                       and besides: language, node, keys: [[node, digits]]

`hear` takes a prompt's name without its language, or the words of a text.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.flow import prompts
from app.domain.flow.definition import Definition
from app.domain.flow.rehearsal import Rehearsal

CASE_KEYS = ("flow", "title", "caller", "at", "language", "given", "steps", "end")
STEP_KEYS = ("hear", "press", "wait_s", "hang_up")
PLACES = {"queue": "queue", "voicemail": "voicemail", "transfer": "transfer", "hang_up": "hung_up"}


class CaseFailed(AssertionError):
    """The flow did something else; the message tells step by step what."""


def run(definition: Definition, case: Mapping[str, Any]) -> Rehearsal:
    """Walk a case.

    Raises:
        CaseFailed: a prompt did not come, or the end was another one.
        ValueError: the case itself is not written as one.
    """
    _written_right(case)
    call = Rehearsal(
        definition,
        caller=str(case.get("caller", "")),
        at=str(case.get("at", "")),
        language=str(case.get("language", "zh_CN")),
        given=case.get("given"),
    )
    for number, step in enumerate(case["steps"], 1):
        match dict(step):
            case {"hear": name}:
                _hear(call, str(name), number)
            case {"press": digits}:
                call.press(str(digits))
            case {"wait_s": seconds}:
                call.silence(float(seconds))
            case {"hang_up": True}:
                call.hang_up()
    _ended(call, case["end"])
    return call


def _hear(call: Rehearsal, name: str, number: int) -> None:
    """The prompt must play in this act or in one that follows without the caller."""
    while True:
        playing = call.act.get("prompts", ())
        wanted = {f"{call.language}/{name}", f"sounds/{name}", name, prompts.text_name(call.language, name)}
        if wanted & set(playing):
            return
        if call.over or call.asks:
            raise CaseFailed(f"step {number}: {name!r} is not heard but {list(playing)}\n{story(call)}")
        call.listen()


def _ended(call: Rehearsal, end: Mapping[str, Any]) -> None:
    while not call.over and not call.asks:
        call.listen()
    for what, wanted in end.items():
        found: Any
        match what:
            case "language":
                found = call.language
            case "node":
                found = next((m["node"] for m in reversed(call.moments) if m["event"] == "entered"), None)
            case "keys":
                found, wanted = [list(pair) for pair in call.keys], [list(pair) for pair in wanted]
            case "voicemail":
                boxes = [m["place"] for m in call.moments if m["event"] == "voicemail"]
                found = boxes[-1] if boxes else None
            case _:
                place, which = call.place
                if what == "queue" and place == "transfer":
                    place, which = "queue", which.removeprefix("queue:")
                found = which if place == PLACES[what] else f"{place} {which}".strip()
                if wanted is True and place == PLACES[what]:
                    found = True
        if found != wanted:
            raise CaseFailed(f"end: {what} is {found!r} and not {wanted!r}\n{story(call)}")


def story(call: Rehearsal) -> str:
    """What happened, a line each."""
    return "\n".join(
        f"  {moment['at_s']:7.2f} {moment['event']} "
        + " ".join(str(fact) for name, fact in moment.items() if name not in ("at_s", "event"))
        for moment in call.moments
    )


def _written_right(case: Mapping[str, Any]) -> None:
    unknown = set(case) - set(CASE_KEYS)
    if unknown:
        raise ValueError(f"unknown keys in the case: {sorted(unknown)}")
    if not isinstance(case.get("steps"), list) or not isinstance(case.get("end"), dict) or not case["end"]:
        raise ValueError("a case needs steps and an end")
    for number, step in enumerate(case["steps"], 1):
        if not isinstance(step, dict) or len(step) != 1 or not set(step) <= set(STEP_KEYS):
            raise ValueError(f"step {number} must be one of {', '.join(STEP_KEYS)}")
    strange = set(case["end"]) - {*PLACES, "language", "node", "keys"}
    if strange:
        raise ValueError(f"unknown in end: {sorted(strange)}")
