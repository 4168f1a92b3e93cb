"""Look-ups of flows and "who calls?", from a live entry to the input that answers it.

Knows neither the records nor speech: what can be asked is handed in once they are
open, so that nothing asked right after a restart is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.effects import LookUp
from app.domain.events import CallStarted
from app.domain.inputs import CustomerFound, LookupAnswered
from app.server import log
from app.server.bus import Bus, Entry
from drivers.protocol.errors import DeviceError

Answering = Callable[[dict[str, Any]], Awaitable[Any]]
CustomerOf = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True)
class Records:
    """answers: look-up's name → function of its arguments. customer_of: number → customer's id."""

    answers: Mapping[str, Answering]
    customer_of: CustomerOf


class UnknownLookUp(Exception):
    """A flow asks for something no function here answers."""


class Lookups:
    """Listens for look-ups and new calls from the first entry on; answers once the records are open."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._opened: asyncio.Future[Records] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        bus.listen(self._on_entry)

    def open(self, answers: Mapping[str, Answering], customer_of: CustomerOf) -> None:
        self._opened.set_result(Records(answers, customer_of))

    def _on_entry(self, entry: Entry) -> None:
        for effect in entry.effects:
            if isinstance(effect, LookUp):
                self._begin(self._answer(effect))
        for event in entry.events:
            if isinstance(event, CallStarted) and event.direction == "in" and event.from_number:
                self._begin(self._recognise(event))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, asked: LookUp) -> None:
        value, error = None, ""
        try:
            value = await self._found(asked)
        except DeviceError as trouble:
            error = trouble.reason
            log.log("warning", "speech_failed", call_id=asked.call_id, reason=trouble.reason)
        except UnknownLookUp:
            error = "unknown"
        except Exception as problem:
            log.internal_error(problem, f"lookup {asked.what}")
            error = "failed"
        self._bus.put(
            LookupAnswered(call_id=asked.call_id, request_id=asked.request_id, value=value, error=error)
        )

    async def _found(self, asked: LookUp) -> Any:
        records = await asyncio.shield(self._opened)
        if asked.what not in records.answers:
            raise UnknownLookUp(asked.what)
        return await records.answers[asked.what](asked.args)

    async def _recognise(self, call: CallStarted) -> None:
        records = await asyncio.shield(self._opened)
        try:
            customer_id = await records.customer_of(call.from_number)
        except Exception as problem:
            log.internal_error(problem, "customer_of")
            return
        if customer_id is not None:
            self._bus.put(CustomerFound(call_id=call.call_id, customer_id=customer_id))
