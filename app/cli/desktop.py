"""`./zongji desktop`: joins the window, the link and the voice. The composition root of the desktop."""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Any

from app.cli.errors import CommandFailed
from app.cli.given_certificate import add_certificate, trust_of


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("desktop", help="the agents' and supervisors' program")
    parser.add_argument("--server", default="", help="address of the server, such as http://127.0.0.1:8080")
    add_certificate(parser)
    parser.add_argument("--user", default="", help="staff number to begin with")
    parser.add_argument("--password-file", type=Path, help="log in at once with the password in this file")
    parser.add_argument("--wallboard", action="store_true", help="open the wallboard's window too")
    parser.add_argument("--language", choices=("zh_CN", "en"), help="begin in this language")
    parser.add_argument("--theme", choices=("light", "dark"), help="begin in this theme")
    parser.add_argument("--ready", action="store_true", help="take calls at once after logging in")
    parser.add_argument("--no-voice", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--simulated-voice", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    if sys.platform == "linux" and not has_display():
        raise CommandFailed(
            "这里打不开显示器，请在图形桌面里运行 · no display can be opened here; run it in a graphical session"
            f" (DISPLAY={os.environ.get('DISPLAY', '')})"
        )
    if arguments.password_file is not None:
        try:
            arguments.password_file.read_text("utf-8")
        except (OSError, UnicodeError) as error:
            raise CommandFailed(f"密码文件读不了 · cannot read the password file: {error}") from None
    from app.cli.desktop_session import DesktopSession

    session = DesktopSession(arguments, trust_of(arguments))
    signal.signal(signal.SIGTERM, lambda *_: session.quit())
    signal.signal(signal.SIGINT, lambda *_: session.quit())
    return session.run()


def has_display() -> bool:
    """Whether Qt would find one; without, it would abort the process instead of saying so."""
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM", "xcb") != "xcb":
        return True
    if not os.environ.get("DISPLAY"):
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt has its own words for that
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed
