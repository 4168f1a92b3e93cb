"""Walks a flow from one wait to the next.

Pure: (definition, run, signal) → step. A run is a plain JSON object, so it can lie in
a journal for a week. The engine knows no clock, no call and no board, and never
raises on what a caller, a record or a device may bring: what cannot go on goes to
the flow's `on_error`, and when that fails too, the call is hung up.

    step = start(definition, {"caller": "+8613800138000"}, "zh_CN")
    while step.run is not None:
        signal = …do step.act, wait…
        step = resume(definition, step.run, signal)

Acts (every one has `language`):
    play       prompts
    collect    prompts, barge_in, min, max, terminators, first_timeout_s, next_timeout_s, secret
    lookup     what, by {name: value}, timeout_s
    speak      text, parts [{"prompt": name} | {"text": …, "prompt": name}]: make the missing sounds
    queue      queue, priority
    voicemail  box, prompts, max_s
    transfer   to
    hang_up    cause (Q.850), error (when the flow could not go on)
    wait       nothing new: what was asked before goes on
    end        the run is over and the floor goes on by itself

Signals (the key may be `got` or `signal`):
    {"got": "played", "digits": ""}           digits: a key that interrupted it
    {"got": "collected", "reason": full|terminator|timeout|stopped|failed, "digits": "12"}
    {"got": "pressed", "digit": "5"}          a key outside a collect; kept for the next one
    {"got": "looked_up", "value": {…} | null, "error": "" | "timeout" | …}
    {"got": "spoken", "prompts": ["zh_CN/text/…"]}   to be played next; or "played" when they were
    {"got": "left", "exit": "overflow" | "closed" | "next" | "answered" | …}    (or `reason`)
    {"got": "failed", "reason": …}            the act could not be done
    {"got": "hung_up"}                        the caller is gone: on_hang_up, without sounds
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.flow import keys
from app.domain.flow.definition import LANGUAGES, Definition, Node, NotAFlow, parse
from app.domain.flow.node import Act, End, Failed, Go, GoTo, NodeType, Outcome, Signal, Turn, Wait
from app.domain.flow.nodes import TYPES

MOST_NODES_WITHOUT_A_WAIT = 200
MOST_ERRORS = 3
MOST_KEYS_AHEAD = 64
NORMAL, TEMPORARY_FAILURE = 16, 41  # Q.850

Run = dict[str, Any]

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "play": ("played",),
    "collect": ("collected",),
    "lookup": ("looked_up",),
    "speak": ("spoken", "played"),
    "queue": ("left",),
    "voicemail": ("left",),
    "transfer": ("left",),
}
SILENT = ("lookup",)  # what an on_hang_up handler may still wait for


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What came of a start or a signal.

    run: None when the flow is over. entered: nodes walked through, in order.
    digits: (node, digits) the caller keyed. act: what is wanted now.
    """

    run: Run | None
    entered: list[str] = field(default_factory=list)
    digits: list[tuple[str, str]] = field(default_factory=list)
    act: Act


def start(definition: Definition | Mapping[str, Any], variables: Mapping[str, Any], language: str) -> Step:
    """Begin a flow. definition: parsed (quicker), or the document. variables: caller, called, …"""
    if not isinstance(definition, Definition):
        try:
            definition = parse(definition)
        except NotAFlow as error:
            return _unreadable(error, language)
    given = {name: declared.default for name, declared in definition.variables.items()}
    walk = _Walk(definition, {**given, **variables}, language)
    return walk.on(GoTo(definition.start))


def resume(definition: Definition | Mapping[str, Any], run: Run, signal: Signal) -> Step:
    """Go on after a wait. `run` is left as it was."""
    if not isinstance(definition, Definition):
        try:
            definition = parse(definition, int(run.get("version") or 1))
        except NotAFlow as error:
            return _unreadable(error, str(run.get("language") or LANGUAGES[0]))
    walk = _Walk.of(definition, run)
    got, asked = signal.get("got", signal.get("signal")), walk.wait.get("do", "")
    if got == "hung_up":
        return walk.hung_up()
    if got == "pressed":
        return walk.pressed(str(signal.get("digit", "")))
    if got == "failed" and asked == "lookup":
        signal = {"got": "looked_up", "value": None, "error": str(signal.get("reason") or "failed")}
    elif got == "failed":
        return walk.on(Failed(str(signal.get("reason") or "failed")))
    elif got not in ANSWERS.get(asked, ()):
        return walk.on(Failed(f"unexpected signal {got!r}"))
    if got == "collected" and walk.ahead:
        signal = {**signal, "digits": walk.ahead + str(signal.get("digits") or "")}
        walk.ahead = ""
    if got == "left":
        signal = {**signal, "exit": signal.get("exit", signal.get("reason"))}
    return walk.answered(signal)


def _unreadable(error: NotAFlow, language: str) -> Step:
    act = {"do": "hang_up", "cause": TEMPORARY_FAILURE, "error": str(error), "language": language}
    return Step(run=None, act=act)


class _Walk:
    """One start or resume: mutable inside, a Step outside."""

    def __init__(self, definition: Definition, variables: dict[str, Any], language: str) -> None:
        self.definition = definition
        self.variables = variables
        self.language = language
        self.node = definition.start
        self.tries: dict[str, Any] = {}
        self.ahead = ""
        self.errors = 0
        self.gone = False
        self.wait: dict[str, Any] = {}
        self.stack: list[Any] = []
        self.entered: list[str] = []
        self.heard: list[tuple[str, str]] = []

    @classmethod
    def of(cls, definition: Definition, run: Run) -> "_Walk":
        walk = cls(definition, dict(run.get("variables") or {}), str(run.get("language") or LANGUAGES[0]))
        walk.node = str(run.get("node") or definition.start)
        walk.tries = dict(run.get("attempts") or {})
        walk.ahead = str(run.get("ahead") or "")
        walk.errors = int(run.get("errors") or 0)
        walk.gone = bool(run.get("gone"))
        walk.wait = dict(run.get("wait") or {})
        walk.stack = list(run.get("stack") or [])
        return walk

    def on(self, outcome: Outcome) -> Step:
        """Follow outcomes until one waits or ends."""
        for _ in range(MOST_NODES_WITHOUT_A_WAIT):
            match outcome:
                case Wait(act):
                    if self.gone and act["do"] not in SILENT:
                        return self._over({"do": "end"})
                    return self._waiting(act)
                case End(act):
                    return self._over(act)
                case Failed(reason):
                    outcome = self._error(reason)
                case GoTo(name):
                    outcome = self._enter(name)
                case Go(exit):
                    outcome = self._leave(exit)
        if self.errors <= MOST_ERRORS:
            return self.on(Failed("too many nodes without a wait"))
        return self._over({"do": "hang_up", "cause": TEMPORARY_FAILURE, "error": "endless"})

    def answered(self, signal: Signal) -> Step:
        known = self._known(self.node)
        if known is None or known[1].resume is None:
            return self.on(Failed(f"nobody waits in node {self.node!r}"))
        return self.on(self._settle(self._turn(*known), known[1].resume, signal))

    def pressed(self, digit: str) -> Step:
        """A key that came outside a collect: it counts as if the collect had heard it."""
        if len(self.ahead) < MOST_KEYS_AHEAD:
            self.ahead += digit
        if self.wait.get("do") == "collect":
            digits, ended = keys.taken(self.ahead, self.wait)
            if ended:
                self.ahead = keys.left(self.ahead, digits, ended)
                return self.answered({"got": "collected", "reason": ended, "digits": digits})
        return self._waiting({"do": "wait"}, keep=True)

    def hung_up(self) -> Step:
        handler = self.definition.on_hang_up
        if self.gone or handler is None:
            return self._over({"do": "end"})
        self.gone = True
        return self.on(GoTo(handler))

    def _enter(self, name: str) -> Outcome:
        known = self._known(name)
        if known is None:
            return Failed(f"no node {name!r}")
        self.node = name
        self.tries = {}
        self.entered.append(name)
        return self._settle(self._turn(*known), known[1].enter)

    def _leave(self, exit: str) -> Outcome:
        known = self._known(self.node)
        if known is None:
            return Failed(f"no node {self.node!r}")
        node, type = known
        wanted: str | None = exit
        while wanted is not None:
            if wanted in node.exits:
                return GoTo(node.exits[wanted])
            wanted = next((way.otherwise for way in type.exits if way.name == wanted), None)
        return Failed(f"exit {exit!r} of node {self.node!r} leads nowhere")

    def _error(self, reason: str) -> Outcome:
        self.errors += 1
        self.variables["error"] = reason
        handler = self.definition.on_error
        if handler is None or self.errors > MOST_ERRORS:
            return End({"do": "hang_up", "cause": TEMPORARY_FAILURE, "error": reason})
        return GoTo(handler)

    def _known(self, name: str) -> tuple[Node, NodeType] | None:
        node = self.definition.nodes.get(name)
        type = TYPES.get(node.type) if node else None
        return (node, type) if node and type else None

    def _turn(self, node: Node, type: NodeType) -> Turn:
        return Turn(
            definition=self.definition,
            node=node,
            type=type,
            variables=self.variables,
            language=self.language,
            tries=self.tries,
            ahead=self.ahead,
        )

    def _settle(self, turn: Turn, act: Callable[..., Outcome], *given: Signal) -> Outcome:
        """Let a node act and take over what it changed."""
        try:
            outcome = act(turn, *given)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # A field no check has seen: the author's mistake, not the caller's.
            outcome = Failed(f"node {self.node!r}: {type(error).__name__}: {error}")
        self.language, self.ahead, self.tries = turn.language, turn.ahead, turn.tries
        self.heard.extend(turn.heard)
        return outcome

    def _waiting(self, act: Act, keep: bool = False) -> Step:
        if not keep:
            self.wait = {key: act[key] for key in ("do", "max", "terminators") if key in act}
        run: Run = {
            "flow": self.definition.id,
            "version": self.definition.version,
            "node": self.node,
            "variables": self.variables,
            "attempts": self.tries,
            "language": self.language,
            "stack": self.stack,
            "ahead": self.ahead,
            "errors": self.errors,
            "gone": self.gone,
            "wait": self.wait,
        }
        return self._step(run, act)

    def _over(self, act: Act) -> Step:
        return self._step(None, act)

    def _step(self, run: Run | None, act: Act) -> Step:
        return Step(run=run, entered=self.entered, digits=self.heard, act={**act, "language": self.language})
