"""`./zongji bench NAME`: figures as JSON lines. Never a verdict: exit 0 whatever the figure."""

import argparse
import importlib
import json
from collections.abc import Iterator
from typing import Any

from app.cli.errors import CommandFailed

# name → (module:function(seconds, size, case) yielding dicts, what it measures)
BENCHES = {
    "exchange": (
        "drivers.telephony.bench_exchange:bench_exchange",
        "bridged, recorded calls: the media process",
    ),
    "bridged": ("drivers.telephony.bench_bridged:bench_bridged", "bridged calls undisturbed by 300 calls/s"),
    "sip": ("drivers.telephony.bench_sip:bench_sip", "answered calls a second on 9101"),
    "offer": (
        "app.cli.benches.offer:bench_offer",
        "a free agent's next ring, quiet and beside an import and a backup",
    ),
    "kill": ("app.cli.benches.kill:bench_kill", "the server killed under a crowd of customers"),
    "voice": ("drivers.telephony.bench_voice:bench_voice", "caller's RTP → headphones; a slow sound clock"),
    "srtp": ("drivers.telephony.bench_srtp:bench_srtp", "agents' voices in SRTP: a tick with 20 of them"),
    "pop": ("app.cli.benches.pop:bench_pop", "INVITE at the board → screen pop painted in a window"),
}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    names = "; ".join(f"{name}: {text}" for name, (_, text) in BENCHES.items())
    parser = commands.add_parser("bench", help="measure", description=names)
    parser.add_argument("name", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--case", default="", help="only this case")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each case is measured")
    parser.add_argument("--size", choices=("small", "full"), default="full")


def figures(name: str, seconds: float, size: str) -> Iterator[dict[str, Any]]:
    module, function = BENCHES[name][0].split(":")
    bench = getattr(importlib.import_module(module), function)
    yield from bench(seconds, size)


def run(arguments: argparse.Namespace) -> int:
    if arguments.name not in BENCHES:
        raise CommandFailed(f"there is no bench “{arguments.name}”; there is: {', '.join(BENCHES)}")
    for row in figures(arguments.name, arguments.seconds, arguments.size):
        if not arguments.case or row.get("case") in (None, arguments.case):
            print(json.dumps({"bench": arguments.name, **row}, ensure_ascii=False), flush=True)
    return 0
