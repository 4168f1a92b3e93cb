"""A call that nobody makes: walks a flow in virtual time, with a caller who does as told.

Stands in for the floor, the board and the records. Knows no files: what records hold
and what queues do is given, and how long a prompt lasts is asked.

    given = {"lookups": {"work_order": {"00417": {…} | null | {"error": "timeout"}}},
             "queues": {"service": "closed"},         an exit; without one the caller stays
             "voicemail": "next", "speech": "failed",
             "variables": {…}}
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.flow import engine, keys
from app.domain.flow.definition import Definition
from app.domain.flow.engine import Step

Moment = dict[str, Any]
MOST_ACTS = 500


class Rehearsal:
    """One rehearsed call. `moments`: what happened, in order, each with at_s and event.

    Events: entered, heard, pressed, silence, looked_up, spoken, queue, voicemail, left,
    transfer, hung_up.
    """

    def __init__(
        self,
        definition: Definition,
        *,
        caller: str = "",
        language: str = "zh_CN",
        at: str = "",
        given: Mapping[str, Any] | None = None,
        lasts_s: Callable[[str], float] = lambda prompt: 0.0,
    ) -> None:
        self.definition = definition
        self.given = given or {}
        self.lasts_s = lasts_s
        self.now_s = 0.0
        self.moments: list[Moment] = []
        self.keys: list[tuple[str, str]] = []  # (node, digits) as the call keeps them
        self.acts = 0
        variables = {"caller": caller, "called": "", "at": at, **self.given.get("variables", {})}
        self._take(engine.start(definition, variables, language))

    @property
    def act(self) -> dict[str, Any]:
        """What the flow wants now."""
        return self.step.act

    @property
    def over(self) -> bool:
        """The flow has ended, or has given the caller away."""
        return self.step.run is None or self.act["do"] in ("queue", "transfer")

    @property
    def asks(self) -> bool:
        """It waits for keys in earnest: not a sound that a key may interrupt."""
        return not self.over and self.act["do"] == "collect" and self.act["first_timeout_s"] > 0

    @property
    def language(self) -> str:
        return str(self.act["language"])

    @property
    def place(self) -> tuple[str, str]:
        """Where the call came to rest: (queue | voicemail | transfer | hung_up, which)."""
        kept = ("queue", "voicemail", "transfer", "hung_up")
        last = next((moment for moment in reversed(self.moments) if moment["event"] in kept), None)
        return (last["event"], str(last.get("place", ""))) if last else ("", "")

    def listen(self) -> None:
        """Let the sound play to its end; a question then still waits for keys."""
        if self.over or self.asks:
            return
        self._sound()
        if self.act["do"] == "collect":
            self._signal({"got": "collected", "reason": "timeout", "digits": ""})
        else:
            self._signal({"got": "played"})

    def until_asked(self) -> None:
        while not self.over and not self.asks:
            self.listen()

    def press(self, digits: str) -> None:
        """Press keys one after the other, right now. They interrupt what may be interrupted."""
        self._tell("pressed", digits=digits)
        while digits and not self.over:
            if self.act["do"] != "collect":
                self._signal({"got": "pressed", "digit": digits[0]})
                digits = digits[1:]
                continue
            taken, ended = keys.taken(digits, self.act)
            digits = keys.left(digits, taken, ended)
            if not ended:
                # Fewer keys than asked for: the pause after them ends the entry.
                self.now_s += float(self.act["next_timeout_s"])
                ended = "timeout"
            self._signal({"got": "collected", "reason": ended, "digits": taken})

    def silence(self, seconds: float) -> None:
        """Do nothing for so long; only the time after a prompt counts."""
        self._tell("silence", seconds=seconds)
        while seconds > 0:
            self.until_asked()
            if self.over:
                return
            patience_s = float(self.act["first_timeout_s"])
            self._sound()
            self.now_s += min(patience_s, seconds)
            if seconds < patience_s:
                return
            seconds -= patience_s
            self._signal({"got": "collected", "reason": "timeout", "digits": ""})

    def hang_up(self) -> None:
        if self.step.run is not None:
            self._take(engine.resume(self.definition, self.step.run, {"got": "hung_up"}))
            while self.step.run is not None and self.act["do"] == "lookup":
                self._signal(self._answer())
        self._tell("hung_up", place="caller")

    def _sound(self) -> None:
        self.now_s += sum(self.lasts_s(prompt) for prompt in self.act.get("prompts", ()))

    def _signal(self, signal: dict[str, Any]) -> None:
        assert self.step.run is not None
        self._take(engine.resume(self.definition, self.step.run, signal))

    def _take(self, step: Step) -> None:
        """Note what came of it, and answer by itself what needs no caller."""
        while True:
            self.step = step
            self.acts += 1
            self.keys.extend(step.digits)
            for node in step.entered:
                self._tell("entered", node=node)
            self._note()
            answer = self._answer()
            if not answer or step.run is None or self.acts > MOST_ACTS:
                return
            step = engine.resume(self.definition, step.run, answer)

    def _note(self) -> None:
        act = self.act
        match act["do"]:
            case "play" | "collect":
                if act["prompts"]:
                    self._tell("heard", prompts=act["prompts"])
            case "queue":
                self._tell("queue", place=act["queue"])
            case "voicemail":
                self._tell("heard", prompts=act["prompts"])
                self._sound()
                self._tell("voicemail", place=act["box"])
            case "transfer":
                self._tell("transfer", place=act["to"])
            case "hang_up":
                self._tell("hung_up", place="flow", error=act.get("error"))

    def _answer(self) -> dict[str, Any]:
        """The signal of an act that needs no caller; {} when he has to do something."""
        act = self.act
        match act["do"]:
            case "lookup":
                return self._looked_up(act)
            case "speak" if self.given.get("speech") == "failed":
                return {"got": "failed", "reason": "speech"}
            case "speak":
                self._tell("spoken", text=act["text"])
                return {"got": "spoken", "prompts": [part["prompt"] for part in act["parts"]]}
            case "queue" if act["queue"] in self.given.get("queues", {}):
                return self._left(self.given["queues"][act["queue"]])
            case "voicemail":
                return self._left(self.given.get("voicemail", "next"))
            case "transfer" if "transfer" in self.given:
                return self._left(self.given["transfer"])
        return {}

    def _left(self, exit: str) -> dict[str, Any]:
        self._tell("left", exit=exit)
        return {"got": "left", "exit": exit}

    def _looked_up(self, act: Mapping[str, Any]) -> dict[str, Any]:
        records = self.given.get("lookups", {}).get(act["what"], {})
        value = next((records[str(arg)] for arg in act["by"].values() if str(arg) in records), None)
        error = value.get("error") if isinstance(value, Mapping) else None
        self._tell(
            "looked_up",
            what=act["what"],
            by=act["by"],
            found=value is not None and not error,
            error=error,
        )
        return {"got": "looked_up", "value": None if error else value, "error": error}

    def _tell(self, event: str, **facts: Any) -> None:
        self.moments.append({"at_s": round(self.now_s, 2), "event": event, **facts})
