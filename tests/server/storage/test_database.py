"""Transactions: whole or not at all, also when the one who waits is cancelled."""

import asyncio
import itertools

import pytest
from sqlalchemy import func, insert, select

from app.server.storage.database import Database
from app.server.storage.growing import prepare
from app.server.storage.tables import setting


def on_sqlite(tmp_path, test):
    async def run():
        database = Database(f"sqlite:///{tmp_path}/z.db")
        try:
            await prepare(database)
            await test(database)
        finally:
            await database.close()

    asyncio.run(run())


async def count(database):
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(setting))).scalar_one()


@pytest.mark.parametrize("steps", range(0, 40, 3))
def test_a_write_cancelled_anywhere_leaves_nothing_and_the_next_one_works(tmp_path, steps):
    async def test(database):
        async def write_on_and_on():
            async with database.write() as connection:
                for n in itertools.count():
                    await connection.execute(insert(setting).values(name=f"a{n}", value=n))

        writing = asyncio.create_task(write_on_and_on())
        for _ in range(steps):
            await asyncio.sleep(0)
            await count(database)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert await count(database) == 0
        async with database.write() as connection:
            await connection.execute(insert(setting).values(name="b", value=1))
        assert await count(database) == 1

    on_sqlite(tmp_path, test)


def test_a_write_that_raises_leaves_nothing(tmp_path):
    async def test(database):
        with pytest.raises(ZeroDivisionError):
            async with database.write() as connection:
                await connection.execute(insert(setting).values(name="a", value=1))
                raise ZeroDivisionError
        assert await count(database) == 0

    on_sqlite(tmp_path, test)


def test_an_address_of_no_database_is_told(tmp_path):
    with pytest.raises(ValueError, match="sqlite:///"):
        Database("mysql://nowhere")
