"""What desktops see as it happens: own events at once, tables batched, missed ones on resume.

Knows who is connected and what each may see; knows no sockets (`ports.Link`) and
decides nothing. Everything it sends is safe in the journal.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.inputs import AgentLinkChanged
from app.server.bus import Bus, Entry
from app.server.log import stamp
from app.server.ports import Link
from app.wire.codec import encode_event

TABLES_EVERY_S = 0.1
KEPT = 2000  # events a client may miss and still resume


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was sent. to: the agent it was for, None: everybody."""

    seq: int
    to: str | None
    text: str


OnOffer = Callable[[str, Mapping[str, Any]], None]


class Live:
    """on_offer(agent_id, fields): a call begins to ring at an agent; his screen pop is wanted."""

    def __init__(self, bus: Bus, on_offer: OnOffer) -> None:
        self.newest_seq = 0
        self._bus, self._on_offer = bus, on_offer
        self._links: list[Link] = []
        self._told: deque[Told] = deque(maxlen=KEPT)
        self._forgotten_seq = 0

    def start(self, last_seq: int, remembered: "deque[Told]") -> None:
        """last_seq: what was recovered. remembered: its last events, for clients that come back."""
        self._told = remembered
        self._forgotten_seq = last_seq if not remembered else remembered[0].seq - 1
        self.newest_seq = last_seq
        self._bus.listen(self._on_entry)

    # ------------------------------------------------------------ clients

    def attach(self, link: Link, after_seq: int | None) -> bool:
        resumed = after_seq is not None and self._forgotten_seq <= after_seq <= self.newest_seq
        if resumed and after_seq is not None:
            for told in self._told:
                if told.seq > after_seq and told.to in (None, link.user.name):
                    link.publish(told.seq, told.text)
        self._links.append(link)
        if self._agent_of(link) and self._count(link.user.name) == 1:
            self._bus.put(AgentLinkChanged(agent_id=link.user.name, connected=True))
        return resumed

    def detach(self, link: Link) -> None:
        if link not in self._links:
            return
        self._links.remove(link)
        if self._agent_of(link) and not self._count(link.user.name):
            self._bus.put(AgentLinkChanged(agent_id=link.user.name, connected=False))

    def _agent_of(self, link: Link) -> bool:
        return any(row["agent_id"] == link.user.name for row in self._bus.floor.agent_rows())

    def _count(self, user: str) -> int:
        return sum(link.user.name == user for link in self._links)

    # ------------------------------------------------------------- events

    def tell(self, name: str, fields: Mapping[str, Any], to: str | None = None) -> None:
        """An event that is not the floor's: a record changed, a screen pop is ready."""
        text = encode_event(self.newest_seq, stamp(self._bus.clock.at_utc()), name, fields)
        self._send(Told(self.newest_seq, to, text))

    def _on_entry(self, entry: Entry) -> None:
        self.newest_seq = entry.seq
        for event in entry.events:
            live = self._bus.floor.live(event, entry.now_s)
            if live is None:
                continue
            to, fields = live
            told = told_of(entry.seq, entry.at_utc, to, fields)
            self._keep(told)
            self._send(told)
            if fields["event"] == "AgentOffered":
                self._on_offer(to, fields)

    def _keep(self, told: Told) -> None:
        if len(self._told) == KEPT:
            self._forgotten_seq = self._told[0].seq
        self._told.append(told)

    def _send(self, told: Told) -> None:
        for link in list(self._links):
            if told.to is None or link.user.name == told.to:
                link.publish(told.seq, told.text)

    # ------------------------------------------------------------- tables

    async def run(self) -> None:
        """Ten times a second at most: the rows that changed, whole."""
        while True:
            await asyncio.sleep(TABLES_EVERY_S)
            changed = {
                name: rows
                for name, rows in self._bus.floor.changed_rows(self._bus.clock.now_s()).items()
                if rows
            }
            if not changed:
                continue
            texts: dict[frozenset[str], str | None] = {}
            for link in list(self._links):
                if link.topics not in texts:
                    texts[link.topics] = self._tables(changed, link.topics)
                text = texts[link.topics]
                if text is not None:
                    link.publish(self.newest_seq, text)

    def _tables(self, changed: dict[str, list[dict[str, Any]]], topics: frozenset[str]) -> str | None:
        wanted = {name: rows for name, rows in changed.items() if not topics or name in topics}
        if not wanted:
            return None
        return encode_event(self.newest_seq, stamp(self._bus.clock.at_utc()), "TablesChanged", wanted)


def told_of(seq: int, at_utc: float, to: str, fields: Mapping[str, Any]) -> Told:
    own = {name: value for name, value in fields.items() if name != "event"}
    return Told(seq, to, encode_event(seq, stamp(at_utc), fields["event"], own))
