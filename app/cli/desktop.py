"""`./zongji desktop`: joins the window, the link and the voice. The composition root of the desktop."""

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Any

from app.cli.errors import CommandFailed


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("desktop", help="the agents' and supervisors' program")
    parser.add_argument("--server", default="", help="address of the server, such as http://127.0.0.1:8080")
    parser.add_argument("--user", default="", help="staff number to begin with")
    parser.add_argument("--password-file", type=Path, help="log in at once with the password in this file")
    parser.add_argument("--wallboard", action="store_true", help="open the wallboard's window too")
    parser.add_argument("--language", choices=("zh_CN", "en"), help="begin in this language")
    parser.add_argument("--theme", choices=("light", "dark"), help="begin in this theme")
    parser.add_argument("--ready", action="store_true", help="take calls at once after logging in")
    parser.add_argument("--no-voice", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--simulated-voice", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    ):
        raise CommandFailed("there is no display here; the desktop needs one (DISPLAY or WAYLAND_DISPLAY)")
    from app.cli.desktop_session import DesktopSession

    session = DesktopSession(arguments)
    signal.signal(signal.SIGTERM, lambda *_: session.quit())
    signal.signal(signal.SIGINT, lambda *_: session.quit())
    return session.run()
