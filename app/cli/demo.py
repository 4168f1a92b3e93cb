"""`./zongji demo`: the whole centre after one command.

Server, board, SQLite, a demo company with history, simulated customers who really
call, headless agents, and windows where there is a display. Writes `demo.json` when
everything answers, keeps it true while processes come and go, and takes everything
with it when it ends.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from app.cli.demo_centre.centre import DemoCentre
from app.cli.demo_centre.site import prepare
from app.cli.errors import CommandFailed
from app.cli.site_lock import only_one
from resources.demo.company import AGENTS


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("demo", help="run a whole demo centre")
    parser.add_argument("--headless", action="store_true", help="no windows")
    parser.add_argument("--dir", default="demo-data", help="where its data lives (default: ./demo-data)")
    parser.add_argument("--minutes", type=float, default=0.0, help="end by itself after N minutes")
    parser.add_argument("--customers", type=int, default=6, help="simulated customers at a time; 0: none")
    parser.add_argument("--agents", type=int, default=4, help="headless agents on a01…; 0: none")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="change a setting")


def has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: argparse.Namespace) -> int:
    if not 0 <= arguments.agents <= AGENTS:
        raise CommandFailed(f"--agents: 0 … {AGENTS}, not {arguments.agents}")
    if not 0 <= arguments.customers <= 200:
        raise CommandFailed(f"--customers: 0 … 200, not {arguments.customers}")
    folder = Path(arguments.dir).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandFailed(f"--dir: {folder} cannot be made: {error.strerror}") from None
    # Before anything is written: a running demo's files are its own.
    with only_one(
        folder / "demo.lock", f"a demo is running in {folder}; end it first, or choose another --dir"
    ):
        centre = DemoCentre(
            configuration=prepare(folder, arguments.set),
            customers=arguments.customers,
            agents=arguments.agents,
            windows=not arguments.headless and has_display(),
        )
        return asyncio.run(centre.run(arguments.minutes * 60 or None))
