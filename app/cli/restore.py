"""`./zongji restore`: a backup put back; what was there is moved aside, never deleted."""

import argparse
import json
from pathlib import Path

from app.cli.backup import show, site_files
from app.cli.configuration_file import load
from app.cli.errors import CommandFailed
from app.cli.site_lock import site_lock
from app.server.backing_up import BackupFailed, restore


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("restore", help="put a backup back")
    parser.add_argument("source", metavar="SRC", help="the folder a backup was written to")
    parser.add_argument("--config", required=True, help="the site's zongji.toml: it says where things go")


def run(arguments: argparse.Namespace) -> int:
    loaded = load(arguments.config)
    with site_lock(loaded):
        try:
            told = restore(Path(arguments.source).resolve(), site_files(loaded), show)
        except BackupFailed as failed:
            raise CommandFailed(str(failed)) from None
    print(json.dumps(told, ensure_ascii=False))
    return 0
