"""`./zongji setup`: prepares a real site in this folder. Run again, it changes nothing that is there."""

import argparse
import secrets
import sys
from pathlib import Path

from app.cli.configuration_file import load
from app.cli.errors import CommandFailed
from app.cli.toml_text import text

SHORTEST_PASSWORD = 8


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("setup", help="prepare a real site")
    parser.add_argument("what", nargs="?", choices=("speech",), help="speech: say how to install the engines")
    parser.add_argument("--admin", default="admin", metavar="NAME", help="who administers it (admin)")
    parser.add_argument(
        "--password-file", metavar="F", help="his password; without it one is made and shown once"
    )
    parser.add_argument("--dir", default=".", help="where the site lives (this folder)")


def run(arguments: argparse.Namespace) -> int:
    if arguments.what == "speech":
        return speech()
    folder = Path(arguments.dir).resolve()
    file = folder / "zongji.toml"
    if file.exists():
        load(file)
        print(f"{file} is there and right; nothing was changed.")
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    password = chosen_password(arguments.password_file)
    secret = folder / "passwords" / arguments.admin
    secret.parent.mkdir(mode=0o700, exist_ok=True)
    secret.write_text(password + "\n")
    secret.chmod(0o600)
    file.write_text(text(site(arguments.admin)), encoding="utf-8")
    load(file)
    print(f"{file} is written. Start it: ./zongji server --config {file}")
    if not arguments.password_file:
        print(f"{arguments.admin}: {password}")
    return 0


def chosen_password(file: str | None) -> str:
    if file is None:
        return secrets.token_urlsafe(12)
    try:
        password = Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}") from None
    if len(password) < SHORTEST_PASSWORD:
        raise CommandFailed(f"the password in {file} has under {SHORTEST_PASSWORD} characters")
    return password


def site(admin: str) -> dict[str, object]:
    """A small site to begin with: one queue, 400 to the shipped flow; lines are added under [[trunks]]."""
    return {
        "site": {"name": "总机", "language": "zh_CN", "time_zone": "Asia/Shanghai", "country": "CN"},
        "server": {"listen": "127.0.0.1:8080"},
        "database": {"url": "sqlite:///zongji.db", "journal": "journal"},
        "boards": [{"kind": "exchange", "name": "board0", "channels": 120, "sip_listen": "127.0.0.1:5060"}],
        "numbers": [{"number": "400", "flow": "main"}],
        "queues": [{"name": "service", "title": {"zh_CN": "客户服务", "en": "Service"}}],
        "users": [{"name": admin, "role": "admin", "password_file": f"passwords/{admin}"}],
    }


def speech() -> int:
    """The engines are programs of their own (GPL), never part of Zongji."""
    print("Flows that speak free text need one of these programs:", file=sys.stderr)
    print("  sudo apt-get install espeak-ng        # Chinese and English, robotic")
    print("  pip install piper-tts                 # English, natural; needs a voice model (.onnx)")
    return 0
