"""The short links in the codes of a slip: who may see one order without logging in.

A link is the role (e engineer, c customer), the order's row and a keyed check of both; the key
is made once and stays in the database. Knows no page.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Any, Literal

from sqlalchemy import insert, select

from app.domain.records import WORK_ORDER
from app.server.storage.database import Database
from app.server.storage.records import from_row
from app.server.storage.tables import RECORD_TABLES, setting

Reader = Literal["e", "c"]
_CHECK_CHARACTERS = 10  # 50 bits
_KEY = "paper_links"


class PaperLinks:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._key = b""

    async def of_order(self, order_id: str) -> dict[Reader, str]:
        """The engineer's and the customer's own token of one order."""
        table = RECORD_TABLES[WORK_ORDER.name]
        await self._know_key()
        async with self._database.read() as connection:
            row = (await connection.execute(select(table.c.row).where(table.c.id == order_id))).scalar_one()
        readers: tuple[Reader, ...] = ("e", "c")
        return {reader: f"{reader}{row:x}-{self._check(reader, row)}" for reader in readers}

    async def order_of(self, token: str) -> tuple[Reader, dict[str, Any]] | None:
        """Whose token it is and its order; None for one that was not made here."""
        head, _, check = token.partition("-")
        reader, number = head[:1], head[1:]
        if (
            reader not in ("e", "c")
            or not number
            or len(number) > 12
            or set(number) - set("0123456789abcdef")
        ):
            return None
        await self._know_key()
        row = int(number, 16)
        known: Reader = "e" if reader == "e" else "c"
        if not hmac.compare_digest(self._check(known, row).encode(), check.encode("utf-8", "replace")):
            return None
        table = RECORD_TABLES[WORK_ORDER.name]
        async with self._database.read() as connection:
            found = (await connection.execute(select(table).where(table.c.row == row))).mappings().first()
        return None if found is None else (known, from_row(WORK_ORDER, found))  # type: ignore[arg-type]

    def _check(self, reader: Reader, row: int) -> str:
        digest = hmac.digest(self._key, f"{reader}{row}".encode(), hashlib.sha256)
        return base64.b32encode(digest).decode().lower()[:_CHECK_CHARACTERS]

    async def _know_key(self) -> None:
        if self._key:
            return
        async with self._database.write() as connection:
            kept = (
                await connection.execute(select(setting.c.value).where(setting.c.name == _KEY))
            ).scalar_one_or_none()
            if kept is None:
                kept = secrets.token_hex(16)
                await connection.execute(insert(setting).values(name=_KEY, value=kept))
        self._key = bytes.fromhex(kept)
