"""Commands, obeyed once each: the same command_id of the same user gets the first answer.

Knows idempotence and who fills in which field; rights are checked at the door
(`app.domain.access`), decisions are the floor's.
"""

import asyncio
import dataclasses
import secrets
from collections.abc import Mapping
from typing import Any

from app.domain import commands
from app.domain.access import User
from app.domain.errors import Refused, WrongFields
from app.server.answers import Answer, Answers, Key
from app.server.bus import Bus
from app.wire import codec

REFUSALS_KEPT = 10_000


class Obedience:
    def __init__(self, bus: Bus, answers: Answers) -> None:
        self._bus, self._answers = bus, answers
        self._refusals: dict[Key, Refused] = {}
        self._under_way: dict[Key, asyncio.Future[Answer]] = {}

    async def obey(self, name: str, fields: Mapping[str, Any], user: User, command_id: str) -> Answer:
        """Do it, and return its events once they are in the journal.

        Raises:
            Refused: by the floor, or WrongFields.
            KeyError: there is no such command.
        """
        key = (user.name, command_id or secrets.token_hex(8))
        known = self._answers.find(key)
        if known is not None:
            return known
        if key in self._refusals:
            raise self._refusals[key]
        if key in self._under_way:
            return await asyncio.shield(self._under_way[key])
        command = decoded(name, fields, user)
        answer = asyncio.get_running_loop().create_future()
        self._under_way[key] = answer
        try:
            entry = await self._bus.ask(command, command=key)
        except Refused as refused:
            self._keep_refusal(key, refused)
            answer.cancel()
            raise
        finally:
            del self._under_way[key]
        rows = self._answers.keep(key, entry.seq, entry.at_utc, entry.events)
        if not answer.done():
            answer.set_result(rows)
        return rows

    def _keep_refusal(self, key: Key, refused: Refused) -> None:
        self._refusals[key] = refused
        while len(self._refusals) > REFUSALS_KEPT:
            del self._refusals[next(iter(self._refusals))]


def decoded(name: str, fields: Mapping[str, Any], user: User) -> commands.Command:
    """The command with what the server fills in: who asks, his role, a fresh desk token."""
    kind = commands.BY_NAME[name]
    own = {"by": user.name, "role": user.role, "desk_token": secrets.token_hex(16)}
    names = {item.name for item in dataclasses.fields(kind)}
    filled = {**fields, **{key: value for key, value in own.items() if key in names}}
    filled["agent_id"] = fields.get("agent_id") or user.name
    try:
        return codec.convert_fields(kind, filled)
    except codec.WrongFields as wrong:
        raise WrongFields(fields=wrong.fields) from None
