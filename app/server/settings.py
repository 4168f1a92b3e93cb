"""The site's settings as the floor's configuration inputs: only what differs is told again."""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.domain.access import User
from app.domain.configuration import Configuration
from app.domain.inputs import ConfigurationChanged
from app.server.bus import Bus
from app.server.recovery import fingerprint

FLOWS = Path(__file__).resolve().parents[2] / "resources" / "flows"
TEST_QUEUE = "bench"  # 9120 leads there


def flow_documents(folder: Path = FLOWS) -> dict[str, Any]:
    """id → definition of every shipped flow."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.flow.json"))]
    return {document["id"]: document for document in documents}


def wanted(configuration: Configuration, users: Iterable[User]) -> dict[str, Any]:
    """Every key of `app.domain.inputs.ConfigurationChanged` with its value."""
    values: dict[str, Any] = {
        "site": dataclasses.asdict(configuration.site),
        "outgoing": [dataclasses.asdict(rule) for rule in configuration.outgoing],
        "emergency": configuration.emergency,
    }
    for board in configuration.boards:
        values[f"board:{board.name}"] = {"channels": board.channels}
    for trunk in configuration.trunks:
        values[f"trunk:{trunk.name}"] = {
            "board": trunk.board, "numbers": trunk.numbers, "priority": trunk.priority,
            "caller_id": trunk.caller_id, "max_calls": trunk.max_calls,
        }  # fmt: skip
    for queue in configuration.queues:
        values[f"queue:{queue.name}"] = dataclasses.asdict(queue)
        values[f"voicemail:{queue.name}"] = {"title": queue.title}
    for name, document in flow_documents().items():
        values[f"flow:{name}"] = document
    if configuration.test_numbers:
        values.setdefault(f"queue:{TEST_QUEUE}", {"name": TEST_QUEUE})
        values["number:9120"] = {"queue": TEST_QUEUE}
    for number in configuration.numbers:
        if number.flow or number.queue:
            target = {"flow": number.flow} if number.flow else {"queue": number.queue}
            values[f"number:{number.number}"] = target
    for user in users:
        values[f"user:{user.name}"] = {
            "display_name": user.display_name, "role": user.role, "queues": list(user.queues),
            "skills": dict(user.skills), "phone_user": user.name,
        }  # fmt: skip
    return values


def tell(bus: Bus, values: dict[str, Any], known: dict[str, str]) -> None:
    """Feed what differs from `known` (fingerprints by key); queues before the users in them."""
    for key, value in values.items():
        mark = fingerprint(value)
        if known.get(key) != mark:
            bus.put(ConfigurationChanged(key=key, value=value, by="configuration"))
            known[key] = mark
    for key in [key for key in known if key not in values]:
        bus.put(ConfigurationChanged(key=key, value=None, by="configuration"))
        del known[key]
