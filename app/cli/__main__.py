"""`./zongji COMMAND`: finds the command's module and runs it.

Each module of this folder that is a command offers `add_parser(subparsers)` and
`run(arguments) -> int`; where argparse would misread its words, `respelled(words)`. Only the module asked for is imported, so that a small
command starts at once.
"""

import argparse
import importlib
import importlib.util
import os
import sys

# A server must decide again within seconds of its death: compiled modules are kept, and its children keep them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

from app.cli.errors import CommandFailed  # noqa: E402

# name → (module, what it does)
COMMANDS = {
    "demo": ("app.cli.demo", "run a whole demo centre: server, board, customers, agents"),
    "test": ("app.cli.test", "everything CI runs; arguments go to pytest"),
    "setup": ("app.cli.setup", "prepare a real site"),
    "server": ("app.cli.server", "the server process"),
    "board": ("app.cli.board", "the processes of one board"),
    "desktop": ("app.cli.desktop", "the agents' and supervisors' program"),
    "agent": ("app.cli.agent", "agents without a screen"),
    "flow": ("app.cli.flow", "check and rehearse a flow file"),
    "replay": ("app.cli.replay", "make the journal's decisions again and compare"),
    "doctor": ("app.cli.doctor", "what is here, what is missing, what to do"),
    "backup": ("app.cli.backup", "copy everything, verified"),
    "restore": ("app.cli.restore", "put a backup back"),
    "import": ("app.cli.import_customers", "read customers from a CSV file"),
    "callers": ("app.cli.callers", "simulated customers who really call (the demo starts them)"),
    "bench": ("app.cli.bench", "measure; figures as JSON lines"),
}


def available() -> dict[str, tuple[str, str]]:
    return {name: entry for name, entry in COMMANDS.items() if importlib.util.find_spec(entry[0])}


def overview() -> str:
    rows = "\n".join(f"  {name:9} {text}" for name, (_, text) in available().items())
    return f"usage: ./zongji COMMAND [--help]\n\n{rows}\n"


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if arguments else 2
    name = arguments[0]
    if name not in available():
        print(f"zongji: there is no command “{name}”.\n\n{overview()}", file=sys.stderr)
        return 2
    module = importlib.import_module(COMMANDS[name][0])
    parser = argparse.ArgumentParser(prog="./zongji")
    module.add_parser(parser.add_subparsers(metavar="COMMAND", required=True))
    respell = getattr(module, "respelled", list)
    parsed, rest = parser.parse_known_args(respell(arguments))
    if rest and not getattr(module, "TAKES_REST", False):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    parsed.rest = rest
    try:
        return int(module.run(parsed))
    except CommandFailed as failed:
        print(f"zongji: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
