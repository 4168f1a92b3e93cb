"""`./zongji backup`: everything of a site into one folder, verified, while the server runs."""

import argparse
import json
import os
import sys
from pathlib import Path

from app.cli.configuration_file import Loaded, load
from app.cli.errors import CommandFailed
from app.server.backing_up import BackupFailed, SiteFiles, back_up
from app.server.plan import CannotStart
from app.server.tls.pair import pair_of


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("backup", help="copy everything, verified")
    parser.add_argument("--config", required=True, help="the site's zongji.toml")
    parser.add_argument("destination", metavar="DEST", help="a folder that does not exist yet")


def site_files(loaded: Loaded) -> SiteFiles:
    configuration = loaded.configuration
    secrets = [row.password_file for row in configuration.users]
    secrets += [row.password_file for row in configuration.trunks]
    secrets += [row.password_file for row in configuration.phones]
    url = loaded.database_url()
    is_file = url.startswith("sqlite:///")
    return SiteFiles(
        configuration=loaded.path,
        passwords=[loaded.folder / name for name in secrets if name] + certificate_files(loaded),
        database=Path(url.removeprefix("sqlite:///")) if is_file else None,
        journal=loaded.at(configuration.database.journal),
        recordings=loaded.at(configuration.media.recordings),
        prompts=loaded.at(configuration.media.prompts),
    )


def certificate_files(loaded: Loaded) -> list[Path]:
    """What the server's port shows, where it lies in the site's folder: clients know the server by its key."""
    try:
        pair = pair_of(loaded.configuration.server, loaded.folder)
    except CannotStart as reason:
        raise CommandFailed(str(reason)) from None
    files = [] if pair is None else [pair.certificate, pair.key]
    return [file for file in dict.fromkeys(files) if file.is_relative_to(loaded.folder) and file.exists()]


def show(what: str, done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what:12} {done / 1e6:9.1f} MB", end="", file=sys.stderr, flush=True)


def run(arguments: argparse.Namespace) -> int:
    loaded = load(arguments.config)
    if hasattr(os, "nice"):
        os.nice(10)  # calls come first
    try:
        told = back_up(site_files(loaded), Path(arguments.destination).resolve(), show)
    except BackupFailed as failed:
        raise CommandFailed(str(failed)) from None
    print(json.dumps({"backup": str(Path(arguments.destination).resolve()), **told}, ensure_ascii=False))
    return 0
