"""The records' database: SQLite in WAL mode, or PostgreSQL; the same statements for both.

Knows connections and transactions. Does not know a table.

SQLite has one writer. Writers of this process queue at a lock; those of another process (an
import, a backup) hold the file for one short batch at a time, and we ask again every few
milliseconds instead of sleeping in SQLite's own ever longer pauses.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

T = TypeVar("T")
ASK_AGAIN_S = 0.003
GIVE_UP_S = 30.0


def _dumps(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a saved record survives a power cut
        "foreign_keys=ON",
        "busy_timeout=2000",
        "cache_size=-65536",
        "mmap_size=268435456",
        "temp_store=MEMORY",
        "wal_autocheckpoint=2000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _do_not_wait_for_disk(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA wal_autocheckpoint=1000")  # it cleans up after itself, before we have to
    cursor.close()


class Database:
    """Where records, users and the projected calls are.

    url: `sqlite:///relative/or//absolute/path` or `postgresql://user:password@host/name`.
    durable: False for what can be done again (an import): its last moments may be lost by a power cut.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self._durable = durable
        self.is_sqlite = url.startswith("sqlite")
        self._writing = asyncio.Lock()
        self._at_once: Engine | None = None
        scheme, rest = url.split("://", 1)
        if self.is_sqlite:
            self.path: Path | None = Path(rest.removeprefix("/"))
            self.path.parent.mkdir(parents=True, exist_ok=True)
            engine = create_async_engine(
                f"sqlite+aiosqlite://{'/' + rest.removeprefix('/')}",
                isolation_level="AUTOCOMMIT",
                json_serializer=_dumps,
                json_deserializer=msgspec.json.decode,
                pool_size=4,
                max_overflow=4,
            )
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            self._at_once = create_engine(
                f"sqlite:///{rest.removeprefix('/')}", isolation_level="AUTOCOMMIT",
                json_deserializer=msgspec.json.decode, pool_size=2,
            )  # fmt: skip
            event.listen(self._at_once, "connect", _prepare_sqlite)
            if not durable:
                event.listen(engine.sync_engine, "connect", _do_not_wait_for_disk)
        elif scheme.split("+")[0] in ("postgresql", "postgres"):
            self.path = None
            engine = create_async_engine(
                f"postgresql+asyncpg://{rest}",
                json_serializer=_dumps,
                json_deserializer=msgspec.json.decode,
                pool_size=10,
                pool_pre_ping=True,
            )
        else:
            raise ValueError(f"database.url: sqlite:///… or postgresql://…, not {url!r}")
        self.engine: AsyncEngine = engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as connection:
            yield connection

    async def ask(self, questions: Callable[[Connection], T]) -> T:
        """Several questions that one person waits for, in one trip.

        With SQLite each awaited statement costs four hops between threads; here all of them cost one.
        """
        if self._at_once is None:
            async with self.engine.connect() as connection:
                return await connection.run_sync(questions)
        return await asyncio.to_thread(self._ask, self._at_once, questions)

    @staticmethod
    def _ask(engine: Engine, questions: Callable[[Connection], T]) -> T:
        with engine.connect() as connection:
            return questions(connection)

    @asynccontextmanager
    async def write(self, *, durable: bool = True) -> AsyncIterator[AsyncConnection]:
        """One transaction: all of it at the end of the block, nothing when the block raises.

        durable: False for what the journal can tell again; it does not wait for the disk.
        """
        if not self.is_sqlite:
            async with self.engine.begin() as connection:
                yield connection
            return
        async with self._writing, self.engine.connect() as connection:
            if self._durable:
                await connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            await self._begin(connection)
            try:
                yield connection
            except BaseException:
                # A cancelled statement has cost the connection already, and with it what was not committed.
                if not connection.invalidated:
                    await asyncio.shield(connection.exec_driver_sql("ROLLBACK"))
                raise
            await connection.exec_driver_sql("COMMIT")

    async def _begin(self, connection: AsyncConnection) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + GIVE_UP_S
        await connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            while True:
                try:
                    await connection.exec_driver_sql("BEGIN IMMEDIATE")
                    return
                except OperationalError as error:
                    if "locked" not in str(error) or loop.time() > until:
                        raise
                await asyncio.sleep(ASK_AGAIN_S)
        finally:
            await connection.exec_driver_sql("PRAGMA busy_timeout=2000")

    async def is_well(self) -> bool:
        """Whether a trivial question is answered."""
        try:
            async with self.read() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except Exception:
            return False
        return True

    async def close(self) -> None:
        await self.engine.dispose()
        if self._at_once is not None:
            self._at_once.dispose()
