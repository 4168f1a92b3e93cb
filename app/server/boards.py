"""The server's side of its boards: events in, commands out, and taking a board after an outage.

Knows the order DESIGN §7 wants: every event not yet journaled first, then the
snapshot, then only differences. Knows nothing of calls; the floor decides.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec

from app.domain import effects as domain_effects
from app.domain import inputs
from app.domain.inputs import BoardConnected, BoardLost, LegEnded
from app.domain.numbers import comparable
from app.server import log, metrics
from app.server.bus import Bus, Entry
from drivers.protocol import telephony
from drivers.protocol.board import Board
from drivers.protocol.telephony import AnyUp, Hello, Load, Snapshot

NO_CIRCUIT = 34  # Q.850
CALLS_REMEMBERED = 1000
INPUTS: dict[str, type] = {kind.__name__: kind for kind in inputs.FROM_BOARD}
COMMANDS: dict[str, Any] = {
    kind.__name__: getattr(telephony, kind.__name__) for kind in domain_effects.TO_BOARD
}


def to_input(event: AnyUp, board: str, country: str) -> Any:
    """The same words as a domain dataclass; the caller's number as E.164, the raw one kept."""
    fields = {**msgspec.to_builtins(event), "board": board}
    if raw := fields.get("from_number"):
        fields |= {"from_number": comparable(raw, country), "raw_from_number": raw}
    return msgspec.convert(fields, INPUTS[type(event).__name__])


def to_command(effect: Any, epoch: int, command_id: str) -> Any:
    fields = msgspec.to_builtins(effect)
    del fields["board"]
    return COMMANDS[type(effect).__name__](epoch=epoch, command_id=command_id, **fields)


class BoardSide:
    """One board as the server has it; the listener of its link.

    acked: newest event in the journal of each boot of this board.
    """

    def __init__(self, name: str, bus: Bus, epoch: int, acked: dict[str, int], country: str = "CN") -> None:
        self.name = name
        self.connected = False
        self.hello: Hello | None = None
        self.load: Load | None = None
        self.on_taken: Callable[[], None] = lambda: None
        self.pids: dict[str, int] = {}
        self.on_pids: Callable[[], None] = lambda: None
        self._bus, self._epoch, self._acked, self._country = bus, epoch, acked, country
        self._snapshot = Snapshot(legs=[], recordings=[])
        self._takes_from_seq: int | None = None
        self._link: Board | None = None
        self._calling: OrderedDict[str, str] = OrderedDict()  # command_id of a Call → its leg
        bus.listen(self._on_entry)

    def use(self, link: Board) -> None:
        self._link = link
        link.start()

    @property
    def is_taken(self) -> bool:
        return self._takes_from_seq is not None

    async def close(self) -> None:
        if self._link is not None:
            await self._link.close()

    # ------------------------------------------------ what the link tells

    def on_connected(self, hello: Hello, snapshot: Snapshot) -> None:
        assert self._link is not None
        self.connected, self.hello, self._snapshot = True, hello, snapshot
        self._processes(hello.pids)
        acked = self._acked.setdefault(hello.boot_id, 0)
        self._link.attach(self._epoch, acked)
        self._take_when_complete()

    def on_event(self, event: AnyUp) -> None:
        assert self.hello is not None
        boot = self.hello.boot_id
        if event.seq <= self._acked[boot]:
            return  # a repetition of what is on its way to the disk
        self._acked[boot] = event.seq
        ack = self._acknowledge(boot, event.seq)
        self._bus.put(to_input(event, self.name, self._country), board=(self.name, boot, event.seq), then=ack)
        self._take_when_complete()

    def on_load(self, load: Load) -> None:
        self.load = load
        metrics.board_load(
            self.name, load.in_use, load.ticks_late, load.tick_p50_s, load.tick_p99_s, load.tick_max_s
        )
        if load.pids:
            self._processes(load.pids)

    def _processes(self, pids: dict[str, int]) -> None:
        if pids != self.pids:
            self.pids = pids
            self.on_pids()

    def on_refused(self, command_id: str, reason: str) -> None:
        log.log("warning", "board_command_refused", board=self.name, command_id=command_id, reason=reason)
        leg = self._calling.pop(command_id, None)
        if leg is not None:  # a call that could not even begin is over: nobody waits for it
            self._bus.put(LegEnded(board=self.name, leg=leg, cause=NO_CIRCUIT, by="us", reason=reason))

    def on_lost(self, reason: str) -> None:
        self.connected, self._takes_from_seq, self.load = False, None, None
        log.log("error", "board_lost", board=self.name, reason=reason)
        self._bus.put(BoardLost(board=self.name))

    # ------------------------------------------------------------ inside

    def _acknowledge(self, boot: str, seq: int) -> Callable[[Entry], None]:
        def safe(_: Entry) -> None:
            if self._link is not None and self.hello is not None and self.hello.boot_id == boot:
                self._link.ack(seq)

        return safe

    def _take_when_complete(self) -> None:
        assert self.hello is not None
        if self.is_taken or self._acked[self.hello.boot_id] < self._snapshot.last_seq:
            return
        self._takes_from_seq = self._bus.next_seq
        snapshot = msgspec.convert(msgspec.to_builtins(self._snapshot), inputs.Snapshot)
        self._bus.put(BoardConnected(board=self.name, boot_id=self.hello.boot_id, snapshot=snapshot))
        log.log("info", "board_back", board=self.name, legs=len(snapshot.legs), pids=self.hello.pids)
        self.on_taken()

    def _on_entry(self, entry: Entry) -> None:
        """Send the entry's effects for this board, unless they were decided before it was taken."""
        if self._link is None or self._takes_from_seq is None or entry.seq < self._takes_from_seq:
            return
        for position, effect in enumerate(entry.effects):
            if getattr(effect, "board", None) == self.name:
                command_id = f"{entry.seq}.{position}"
                if isinstance(effect, domain_effects.Call):
                    self._remember_call(command_id, effect.leg)
                self._link.send(to_command(effect, self._epoch, command_id))

    def _remember_call(self, command_id: str, leg: str) -> None:
        self._calling[command_id] = leg
        while len(self._calling) > CALLS_REMEMBERED:
            self._calling.popitem(last=False)
