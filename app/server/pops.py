"""The screen pop: fetched the moment a call begins to ring at an agent, and sent to him."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.server import log
from app.server.live import Live

if TYPE_CHECKING:  # the floor must not wait for SQLAlchemy
    from app.server.storage.pop import ScreenPop

KEPT = 500


class Pops:
    """kept: the last pops by call, for a desktop that starts in the middle of a call."""

    def __init__(self) -> None:
        self.kept: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._fetch: ScreenPop | None = None
        self._live: Live | None = None

    def use(self, fetch: "ScreenPop", live: Live) -> None:
        self._fetch, self._live = fetch, live

    def on_offer(self, agent_id: str, offer: Mapping[str, Any]) -> None:
        if self._fetch is not None and self._live is not None:
            task = asyncio.get_running_loop().create_task(
                self._send(agent_id, offer, self._fetch, self._live)
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self, agent_id: str, offer: Mapping[str, Any], fetch: "ScreenPop", live: Live) -> None:
        call_id = offer["call_id"]
        try:
            found = await fetch(offer.get("from") or "", offer.get("customer_id"))
        except Exception as problem:
            log.internal_error(problem, "screen pop")
            return
        pop = {"call_id": call_id, **found, "keys": offer.get("keys", [])}
        self.kept[call_id] = pop
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        live.tell("ScreenPopReady", pop, to=agent_id)
