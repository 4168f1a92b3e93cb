"""Makes the demo centre's data: the company's records and its users with fresh passwords."""

import asyncio
import secrets
from typing import Any

from app.server.storage.database import Database
from app.server.storage.settling import settle
from app.server.storage.users import NewUser, UserStore
from app.server.workers import Workers
from resources.demo.company import users


async def new_users(workers: Workers) -> tuple[list[NewUser], dict[str, dict[str, Any]]]:
    """The demo's users for `UserStore.seed`, and `demo.json`'s `users` with their passwords."""
    people = list(users())
    passwords = [secrets.token_urlsafe(9) for _ in people]
    hashes = await asyncio.gather(
        *(workers.run("hash_password", timeout_s=120.0, password=password) for password in passwords)
    )
    seeds, shown = [], {}
    for person, password, password_hash in zip(people, passwords, hashes, strict=True):
        seeds.append(
            NewUser(
                name=person["name"], role=person["role"], display_name=person["display_name"],
                queues=tuple(person["queues"]), skills=person["skills"], password_hash=password_hash,
            )
        )  # fmt: skip
        shown[person["name"]] = {"password": password, "role": person["role"]}
        if person["role"] == "agent":
            shown[person["name"]]["queues"] = person["queues"]
    return seeds, shown


async def make_demo(
    database: Database, store: UserStore, workers: Workers, *, now: float, customers: int = 5000
) -> dict[str, dict[str, Any]] | None:
    """Fill an empty, prepared database; `demo.json`'s `users`, or None when there are users already."""
    (seeds, shown), _ = await asyncio.gather(
        new_users(workers), settle(database, now=now, customers=customers)
    )
    return shown if await store.seed(seeds) else None
