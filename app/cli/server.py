"""`./zongji server`: the server process."""

import argparse
import asyncio
import ssl
import sys
from datetime import UTC, datetime

from app.cli.configuration_file import Loaded, load
from app.cli.errors import CommandFailed
from app.cli.site_lock import site_lock
from app.server import log
from app.server.bootstrap import BoardPlan, CannotStart, Plan, serve
from app.server.tls.pair import host_of, pair_of


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("server", help="the server process")
    parser.add_argument("--config", required=True, help="the site's zongji.toml")
    parser.add_argument(
        "--drain", type=float, default=0.0, metavar="S", help="at the end, let calls finish for S seconds"
    )
    parser.add_argument("--log", choices=("json", "text"), default="json")


def run(arguments: argparse.Namespace) -> int:
    log.as_text(arguments.log == "text")
    loaded = load(arguments.config)
    loaded.run_folder.mkdir(parents=True, exist_ok=True)
    try:
        with site_lock(loaded):
            return asyncio.run(serve(plan_of(loaded, arguments.drain)))
    except CannotStart as reason:
        raise CommandFailed(str(reason)) from None


def plan_of(loaded: Loaded, drain_s: float) -> Plan:
    """Raises CannotStart: the port's certificate cannot be used."""
    boards = [
        BoardPlan(
            name=board.name,
            channels=board.channels,
            address=loaded.board_address(board),
            lock=loaded.board_lock(board),
            command=[
                sys.executable, "-m", "app.cli", "board", "--config", str(loaded.path), "--name", board.name,
            ],
        )
        for board in loaded.configuration.boards
    ]  # fmt: skip
    return Plan(
        configuration=loaded.configuration,
        folder=loaded.folder,
        run_folder=loaded.run_folder,
        database_url=loaded.database_url(),
        journal=loaded.at(loaded.configuration.database.journal),
        recordings=loaded.at(loaded.configuration.media.recordings),
        prompts=loaded.at(loaded.configuration.media.prompts),
        boards=boards,
        drain_s=drain_s,
        tls=tls_of(loaded),
    )


def tls_of(loaded: Loaded) -> ssl.SSLContext | None:
    """What the port speaks TLS with; a certificate of the site's own is made first where it is wanted."""
    settings = loaded.configuration.server
    pair = pair_of(settings, loaded.folder)
    if pair is None:
        return None
    # Only now: a server without TLS starts 30 ms sooner.
    from app.server.tls.context import context_of
    from app.server.tls.own import keep

    if pair.own:
        keep(pair, host_of(settings.listen), datetime.now(UTC))
    return context_of(pair)
