"""`./zongji replay`: the journal's decisions again, compared, with a hash of the state."""

import argparse
import json

from app.cli.configuration_file import load
from app.cli.errors import CommandFailed
from app.server.journal.history import Gap
from app.server.journal.segments import JournalDamaged
from app.server.replay import Pick, lines, replay


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("replay", help="make the journal's decisions again and compare")
    parser.add_argument("--config", required=True, help="the site's zongji.toml")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--call", metavar="ID", help="show what was decided about one call")
    which.add_argument("--day", metavar="DATE", help="show one civil day of the site, YYYY-MM-DD")


def run(arguments: argparse.Namespace) -> int:
    loaded = load(arguments.config)
    folder = loaded.at(loaded.configuration.database.journal)
    if not folder.is_dir():
        raise CommandFailed(f"there is no journal in {folder}")
    pick = Pick(arguments.call, arguments.day, loaded.configuration.site.time_zone)
    try:
        result = replay(folder, pick)
    except (JournalDamaged, Gap) as damage:
        raise CommandFailed(str(damage)) from None
    if arguments.call and not result.picked:
        raise CommandFailed(f"the journal knows no call {arguments.call}")
    for line in lines(result):
        print(json.dumps(line, ensure_ascii=False))
    return 1 if result.differences else 0
