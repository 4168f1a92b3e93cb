"""A board in memory, with the same promise as one behind a socket, and its network in your hands.

The first half is what the server sees (`drivers.protocol.board.Board`). The second half
(`network_*`) is the outside world, the third (`refuse_next`, `lose_link`, `crash` …) is
misfortune; only tests, simulations and emulators use those two. Time comes from the
clock it is given: an event loop, real or virtual.
"""

import itertools
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from drivers.protocol import telephony as t
from drivers.protocol.board import BoardListener
from drivers.telephony.board_link import BoardLink, CannotDo, Connection
from drivers.telephony.simulated_exchange import Clock, Heard, Leg, SimulatedExchange

PROMPT_S = 2.0
CLOCK_STEP_S = 1e-6  # a timer may fire this early
LOST = b"lost:"  # no message begins so
_board_reads: msgspec.json.Decoder[t.FromServer] = msgspec.json.Decoder(t.FromServer)
_server_reads: msgspec.json.Decoder[t.FromBoard] = msgspec.json.Decoder(t.FromBoard)


class SimulatedBoard:
    """One board without lines.

    Args:
        clock: an event loop, or whatever has `time` and `call_later`.
        listener: the server; None when a socket serves the link (`simulated_socket`).
        prompt_s: a prompt's length in seconds, None when the board has no such prompt.
        utc: POSIX seconds.
    Every message goes through the codec, so a wrong field is found here too.
    """

    def __init__(
        self,
        clock: Clock,
        listener: BoardListener | None = None,
        *,
        name: str = "board0",
        channels: int = 120,
        prompt_s: Callable[[str], float | None] = lambda _prompt: PROMPT_S,
        utc: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._clock = clock
        self._listener = listener
        self._channels = channels
        self._utc = utc
        self._boots = itertools.count(1)
        self._boot = next(self._boots)
        self._calls = itertools.count(1)
        self._refusals: dict[type[Any], deque[str]] = defaultdict(deque)
        self._to_server: deque[tuple[float, bytes]] = deque()  # due_s, message
        self._to_board: deque[tuple[float, bytes]] = deque()
        self._connection: Connection | None = None
        self._told_connected = False
        self._started = False
        self._reachable = True
        self.delay_s = 0.0  # each message takes this long, both ways
        self.exchange = SimulatedExchange(self._emit, clock, channels, prompt_s, utc)
        self.link = BoardLink(self._hello, self._snapshot, self._obey, self.exchange.server_is)

    # ---------------------------------------------------- what the server sees

    def start(self) -> None:
        """Connect, and again whenever the board is back, until `close`."""
        self._started = True
        self._connect()

    def attach(self, epoch: int, acked: int) -> None:
        self._say(t.Attach(epoch=epoch, acked=acked, boot_id=self.boot_id))

    def send(self, command: t.AnyDown) -> None:
        self._say(command)

    def ack(self, seq: int) -> None:
        self._say(t.Ack(seq=seq))

    async def close(self) -> None:
        self._started = False
        self.lose_link("closed")

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    @property
    def boot_id(self) -> str:
        return f"{self.name}-boot{self._boot}"

    # ------------------------------------------------------------- the network

    def network_call(
        self,
        from_number: str,
        to_number: str,
        *,
        kind: t.LegKind = "trunk",
        trunk: str | None = "trunk0",
        user: str | None = None,
        display: str = "",
    ) -> str:
        """Somebody calls; returns the leg's id. CannotDo when all channels are busy."""
        leg_id = f"{self.boot_id}-leg{next(self._calls)}"
        leg = Leg(
            leg_id,
            kind,
            "in",
            "offered",
            from_number=from_number,
            to_number=to_number,
            trunk=trunk if kind == "trunk" else None,
            user=user,
            sip_call_id=f"{leg_id}@network",
        )
        self.exchange.offered(leg, display, self._utc())
        return leg_id

    def network_press(
        self, leg: str, digits: str, source: Literal["rfc4733", "inband", "info"] = "rfc4733"
    ) -> None:
        """The far end presses keys, one after the other; none count once the leg is gone."""
        for digit in digits:
            if leg in self.exchange.legs:
                self.exchange.pressed(self.exchange.legs[leg], digit, source)

    def network_hang_up(self, leg: str, cause: int = 16) -> None:
        """The far end hangs up; nothing happens when the leg is gone already."""
        if leg in self.exchange.legs:
            self.exchange.end(self.exchange.legs[leg], cause, "far")

    def network_outgoing(self) -> list[str]:
        """Legs the board calls that nobody has answered yet, oldest first."""
        return [leg.leg for leg in self.exchange.legs.values() if leg.state in ("calling", "early")]

    def network_ring(self, leg: str, *, early_media: bool = False) -> None:
        """The called end rings, or lets its own ringing be heard."""
        self.exchange.far_rings(self.exchange.legs[leg], early_media)

    def network_answer(self, leg: str) -> None:
        """The called end answers."""
        self.exchange.far_answers(self.exchange.legs[leg])

    def network_refuse(self, leg: str, cause: int = 17) -> None:
        """The called end is busy (17), does not want to (21), does not exist (1) …"""
        self.exchange.end(self.exchange.legs[leg], cause, "far")

    def network_hears(self, leg: str) -> Heard:
        """What the far end of a leg hears now: ringing, prompts, other legs' voices."""
        return self.exchange.heard_by(leg)

    def network_digits(self, leg: str) -> str:
        """Digits the server sent to this far end."""
        return self.exchange.legs[leg].digits_heard

    def network_ended(self, leg: str) -> t.LegEnded | None:
        """How the leg ended, None while it lives."""
        return self.exchange.ended.get(leg)

    def network_desk(self, leg: str, *, heard: bool) -> None:
        """The agent's headset begins to send voice, or falls silent for 3 s."""
        if leg in self.exchange.legs:
            self._emit(t.DeskChanged(leg=leg, heard=heard))

    def network_phone(self, user: str, *, registered: bool) -> None:
        """A SIP telephone registers, or is gone."""
        contact = f"sip:{user}@127.0.0.1:5062"
        if registered:
            self.exchange.phones[user] = contact
        else:
            self.exchange.phones.pop(user, None)
        self._emit(t.PhoneChanged(user=user, registered=registered, contact=contact))

    def network_trunk(
        self, trunk: str, state: Literal["registered", "reachable", "unreachable", "rejected"]
    ) -> None:
        """A trunk comes or goes."""
        self.exchange.trunks[trunk] = state
        self._emit(t.TrunkChanged(trunk=trunk, state=state))

    def network_service(self, ended: t.ServiceEnded) -> None:
        """A call to a service number is over, which the board served alone."""
        self._emit(ended)

    # -------------------------------------------------------------- misfortune

    def refuse_next(self, kind: type[Any], reason: str = "simulated", times: int = 1) -> None:
        """Refuse the next commands of this kind, whatever they ask."""
        self._refusals[kind].extend([reason] * times)

    def repeat_unacknowledged(self) -> None:
        """Send every kept event once more."""
        self.link.repeat_unacknowledged()

    def lose_link(self, reason: str = "link lost") -> None:
        """The server and the board no longer hear each other; what was on the way is lost."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._to_board.clear()
        self._to_server.clear()
        self.link.closed(connection)
        if self._told_connected:
            self._told_connected = False
            self._queue(self._to_server, LOST + reason.encode())

    def disappear(self, reason: str = "unreachable") -> None:
        """Lose the link and stay away until `come_back`; calls go on."""
        self._reachable = False
        self.lose_link(reason)

    def crash(self) -> None:
        """The board dies with all its calls and what it kept; `come_back` is its next boot."""
        for leg in list(self.exchange.legs.values()):
            self.exchange.end(leg, 41, "lost")
        self.disappear("the board died")
        self.exchange.recordings.clear()
        self.exchange.phones.clear()
        self.link.forget()
        self._boot = next(self._boots)

    def come_back(self) -> None:
        """Be reachable again; a started server connects at once."""
        self._reachable = True
        if self._started:
            self._connect()

    # ------------------------------------------------------------------ inside

    def _connect(self) -> None:
        if self._connection is not None or not self._reachable or self._listener is None:
            return
        connection = Connection(self._put, self.lose_link)
        self._connection = connection
        self.link.opened(connection)

    def _hello(self) -> t.Hello:
        return t.Hello(
            board=self.name, boot_id=self.boot_id, channels=self._channels, board_s=self._clock.time()
        )

    def _snapshot(self) -> t.Snapshot:
        return self.exchange.snapshot(self.link.last_seq, self.link.acked)

    def _emit(self, event: t.AnyUp) -> None:
        self.link.emit(event, self._clock.time())

    def _obey(self, command: t.AnyDown) -> None:
        waiting = self._refusals[type(command)]
        if waiting:
            raise CannotDo(waiting.popleft())
        self.exchange.obey(command)

    def _say(self, message: t.FromServer) -> None:
        if self._connection is not None:
            self._queue(self._to_board, msgspec.json.encode(message))

    def _put(self, message: t.FromBoard) -> None:
        self._queue(self._to_server, msgspec.json.encode(message))

    def _queue(self, queue: deque[tuple[float, bytes]], body: bytes) -> None:
        queue.append((self._clock.time() + self.delay_s, body))
        self._clock.call_later(self.delay_s, self._deliver)

    def _deliver(self) -> None:
        """Hand over what is due, in the order sent, whatever order timers fire in."""
        due_s = self._clock.time() + CLOCK_STEP_S
        while self._to_board and self._to_board[0][0] <= due_s:
            self._board_hears(self._to_board.popleft()[1])
        while self._to_server and self._to_server[0][0] <= due_s:
            self._server_hears(self._to_server.popleft()[1])

    def _board_hears(self, body: bytes) -> None:
        if self._connection is not None:
            self.link.received(self._connection, _board_reads.decode(body))

    def _server_hears(self, body: bytes) -> None:
        listener = self._listener
        if listener is None:
            return
        if body.startswith(LOST):
            listener.on_lost(body.removeprefix(LOST).decode())
            return
        match _server_reads.decode(body):
            case t.Hello() as hello:
                self._greeting = hello
            case t.Snapshot() as snapshot:
                self._told_connected = True
                listener.on_connected(self._greeting, snapshot)
            case t.Done():
                pass
            case t.Refused() as refused:
                listener.on_refused(refused.command_id, refused.reason)
            case t.Load() as load:
                listener.on_load(load)
            case event:
                listener.on_event(event)
