"""What a server process is started with."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from app.domain.configuration import Configuration

VERSION = "0.1.0"


class CannotStart(Exception):
    """One sentence for the person who starts the server."""


@dataclass(frozen=True, kw_only=True)
class BoardPlan:
    """How one board is reached, and started when it is not there."""

    name: str
    channels: int
    address: str
    lock: Path
    command: list[str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    configuration: Configuration
    folder: Path
    run_folder: Path
    database_url: str
    journal: Path
    recordings: Path
    prompts: Path
    boards: list[BoardPlan]
    drain_s: float = 0.0
    tls: ssl.SSLContext | None = None  # None: the port speaks without
