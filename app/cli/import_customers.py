"""`./zongji import`: customers from a CSV file into a site's records, also while its server runs."""

import argparse
import json
import os
import sys

from app.cli.configuration_file import load
from app.cli.errors import CommandFailed
from app.server.storage.importing import FileRefused, import_customers


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("import", help="read customers from a CSV file")
    parser.add_argument(
        "file", help="CSV, UTF-8 or GB 18030; its first line names the fields (姓名,电话,地址 …)"
    )
    parser.add_argument("--config", required=True, help="the site's zongji.toml")


def run(arguments: argparse.Namespace) -> int:
    loaded = load(arguments.config)
    site = loaded.configuration.site
    os.nice(10)  # calls come first
    try:
        told = import_customers(
            loaded.database_url(), arguments.file, country=site.country, language=site.language,
            progress=lambda facts: print(f"\r{facts['rows']}", end="", file=sys.stderr, flush=True),
        )  # fmt: skip
    except FileRefused as refused:
        raise CommandFailed(str(refused)) from None
    print(file=sys.stderr)
    print(json.dumps(told, ensure_ascii=False))
    return 0
