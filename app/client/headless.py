"""An agent without a screen: answers, talks, hangs up and wraps up by a plan.

Knows the live link's events and the agent's states; not how its voice travels (`Voice`
is handed in) and not where its story is printed. What it does next follows from the
state the server says it is in, so a restart of the server changes nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from app.client.answers import LinkState
from app.client.connection import Connection
from app.client.credentials import Credentials
from app.client.trust import Trust
from app.wire import events, messages

Story = Literal["ready", "ringing", "answered", "ended", "wrapped_up", "link_lost", "link_back"]
LOG_IN_AGAIN_S: Final = 1.0
LEAVE_S: Final = 1.0
# Breaks the server gave him; one that somebody asked for is left alone.
NOT_ASKED_FOR: Final = frozenset({"no_answer", "failed", "link_lost", "headset_lost"})


class Voice(Protocol):
    """What an agent says and hears; its place changes with each login."""

    async def connect(
        self, host: str, port: int, token_hex: str, codec: str = "PCMA", srtp: bool = False
    ) -> None:
        """Raises OSError when there is no way."""

    async def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentPlan:
    """hang_up_after_s None: the caller ends the call. no_answer_every, refuse_every: each so-manieth
    offer rings out, is given back; 0: none."""

    answer_after_s: float = 0.0
    hang_up_after_s: float | None = None
    no_answer_every: int = 0
    refuse_every: int = 0
    wrap_up_s: float = 0.0


class HeadlessAgent:
    """tell(name, what, call_id) is called for each step of the story; warn(text) for what went wrong."""

    def __init__(
        self,
        server: str,
        name: str,
        credentials: Credentials,
        voice: Voice | None,
        plan: AgentPlan,
        tell: Callable[[str, Story, str | None], None],
        warn: Callable[[str], None],
        trust: Trust | None = None,
    ) -> None:
        self.name = name
        self.link = Connection(server, credentials, self, client="headless agent", topics=["me"], trust=trust)
        self.refused = asyncio.Event()  # the server does not let this agent in
        self._plan = plan
        self._voice = voice
        self._tell = tell
        self._warn = warn
        self._state = ""
        self._call_id: str | None = None
        self._phase: Literal["", "ringing", "talking", "wrap_up"] = ""
        self._offers = 0
        self._timer: asyncio.TimerHandle | None = None
        self._line: tuple[str, int, str, str, bool] | None = None
        self._leaving = False
        self._was_online = False
        self._has_begun = False
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self.link.start()

    async def leave(self) -> None:
        """Log out if the server is there, and go."""
        self._leaving = True
        self._cancel()
        if self.link.is_online:
            await asyncio.wait([self.link.command("LogOut")], timeout=LEAVE_S)
        await self.link.close()
        if self._voice is not None:
            await self._voice.close()

    # ------------------------------------------------------ what the link tells

    def on_state(self, state: LinkState, server_now_s: float | None) -> None:
        if state == "lost":
            self._tell(self.name, "link_lost", self._call_id)
        elif state == "online":
            if self._was_online:
                self._tell(self.name, "link_back", self._call_id)
            self._was_online = True
        elif state == "refused":
            self._warn(f"{self.name}: {self.link.last_error}")
            self.refused.set()

    def on_snapshot(self, snapshot: messages.Snapshot, flat: dict[str, Any]) -> None:
        me = snapshot.me
        if me.desk is not None:
            self._speak_at((me.desk.host, me.desk.port, me.desk.token, me.desk.codec, me.desk.srtp))
        if me.agent is None:
            self._warn(f"{self.name} is a user, but not an agent")
        else:
            self._is_in(me.agent.state, me.agent.call_id, me.agent.reason)

    def on_event(self, event: events.AnyEvent, flat: dict[str, Any]) -> None:
        match event:
            case events.AgentStateChanged(agent_id=self.name):
                self._is_in(event.state, event.call_id, event.reason)
            case events.AgentOffered(agent_id=self.name):
                self._rings(event.call_id)
            case events.DeskLineReady():
                self._speak_at((event.host, event.port, event.token, event.codec, event.srtp))
            case events.DeskLineLost():
                self._line = None
            case _:
                pass

    # ------------------------------------------------------------- the agent

    def _is_in(self, state: str, call_id: str | None, reason: str | None = None) -> None:
        before, self._state = self._state, state
        match state:
            case "ringing":
                self._rings(call_id)
            case "talking":
                self._talks(call_id)
            case "wrap_up":
                self._wraps_up(call_id)
            case _:
                self._is_free()
                if state == "ready" and before != "ready":
                    self._has_begun = True
                    self._tell(self.name, "ready", None)
                elif state == "on_break" and not self._leaving:
                    if reason in NOT_ASKED_FOR or not self._has_begun:
                        self._ask("EndBreak")
                elif state == "logged_out" and not self._leaving:
                    self._log_in()

    def _rings(self, call_id: str | None) -> None:
        if call_id is None or (self._phase and call_id == self._call_id):
            return
        self._is_free()
        self._call_id, self._phase = call_id, "ringing"
        self._tell(self.name, "ringing", call_id)
        self._offers += 1
        if self._is_due(self._plan.no_answer_every):
            return
        act = "HangUp" if self._is_due(self._plan.refuse_every) else "AnswerCall"
        self._later(self._plan.answer_after_s, act, call_id)

    def _is_due(self, every: int) -> bool:
        return every > 0 and self._offers % every == 0

    def _talks(self, call_id: str | None) -> None:
        if self._phase == "talking" and call_id == self._call_id:
            return
        if call_id != self._call_id:
            self._is_free()
        self._cancel()
        self._call_id, self._phase = call_id, "talking"
        self._tell(self.name, "answered", call_id)
        if self._plan.hang_up_after_s is not None and call_id is not None:
            self._later(self._plan.hang_up_after_s, "HangUp", call_id)

    def _wraps_up(self, call_id: str | None) -> None:
        if self._phase == "wrap_up":
            return
        self._cancel()
        self._call_id = call_id or self._call_id
        self._phase = "wrap_up"
        self._tell(self.name, "ended", self._call_id)
        self._later(self._plan.wrap_up_s, "FinishWrapUp", self._call_id)

    def _is_free(self) -> None:
        """Nothing of a call is left; whatever of its story was missed is told."""
        self._cancel()
        if self._phase == "talking":
            self._tell(self.name, "ended", self._call_id)
        if self._phase in ("talking", "wrap_up"):
            self._tell(self.name, "wrapped_up", self._call_id)
        self._phase, self._call_id = "", None

    # -------------------------------------------------------------- commands

    def _ask(self, command: str, call_id: str | None = None) -> None:
        """A refusal means that the state has changed meanwhile: an event says to what."""
        self.link.command(command, {} if call_id is None else {"call_id": call_id})

    def _later(self, delay_s: float, command: str, call_id: str | None) -> None:
        if delay_s <= 0:
            self._ask(command, call_id)
        else:
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._ask, command, call_id)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _log_in(self) -> None:
        self._do(self._logged_in())

    async def _logged_in(self) -> None:
        phone = "none" if self._voice is None else "headset"
        answer = await self.link.command("LogIn", {"phone": phone, "ready": True})
        if answer.ok or self._leaving:
            return
        if answer.refused != "NotInThisState":
            self._warn(f"{self.name} cannot log in: {answer.refused} {answer.reason}")
        await asyncio.sleep(LOG_IN_AGAIN_S)
        if self._state == "logged_out" and not self._leaving:
            self._log_in()

    def _speak_at(self, line: tuple[str, int, str, str, bool]) -> None:
        if self._voice is not None and line != self._line:
            self._line = line
            self._do(self._connect_voice(self._voice, line))

    async def _connect_voice(self, voice: Voice, line: tuple[str, int, str, str, bool]) -> None:
        try:
            await voice.connect(*line)
        except (OSError, ValueError) as error:
            self._warn(f"{self.name} has no voice: {error}")

    def _do(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
