"""Fills a demo's empty database: the company 云杉电器 with its customers, appliances, calls and repairs."""

import time
from pathlib import Path

from app.server.storage.database import Database
from app.server.storage.growing import prepare
from app.server.storage.settling import customer_numbers, settle


async def settle_demo(url: str, numbers: Path) -> None:
    """Make the company; `numbers` gets its customers' telephone numbers, for those who simulate them."""
    database = Database(url)
    try:
        await prepare(database)
        await settle(database, now=time.time())
        numbers.write_text("\n".join(await customer_numbers(database)) + "\n")
    finally:
        await database.close()
