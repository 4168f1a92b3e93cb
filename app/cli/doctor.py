"""`./zongji doctor`: what is here, what is missing, what to do about it."""

import argparse
import importlib.util
import json
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from app.cli.backup import site_files
from app.cli.configuration_file import Loaded, load
from app.server.board_processes import is_running
from app.server.journal.history import Gap, records
from app.server.journal.segments import JournalDamaged
from app.server.plan import CannotStart
from app.server.tls.context import context_of, read_certificate
from app.server.tls.pair import pair_of
from app.wire.fingerprint import pin_of_file, words

ROOT = Path(__file__).resolve().parents[2]
LEAST_FREE_BYTES = 2_000_000_000
SOON_DAYS = 14  # a certificate that ends so soon is spoken of
State = Literal["ok", "missing", "broken"]


@dataclass(frozen=True)
class Finding:
    """missing: something works less well; broken: the site does not work. do: the way out."""

    what: str
    state: State
    found: str
    do: str = ""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("doctor", help="what is here, what is missing, what to do")
    parser.add_argument("--config", help="a site's zongji.toml; without it only this machine is looked at")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    findings = list(machine())
    if arguments.config:
        loaded = load(arguments.config)
        findings += [finding for look in SITE for finding in look(loaded)]
    for finding in findings:
        print(json.dumps(asdict(finding), ensure_ascii=False) if arguments.json else line(finding))
    return 1 if any(finding.state == "broken" for finding in findings) else 0


def line(finding: Finding) -> str:
    mark = {"ok": "✓", "missing": "–", "broken": "✗"}[finding.state]
    return f"{mark} {finding.what:12} {finding.found}" + (f"\n    → {finding.do}" if finding.do else "")


# ------------------------------------------------------------------- machine


def machine() -> Iterator[Finding]:
    yield Finding("Python", "ok", sys.version.split()[0])
    for module, what, do in (
        ("PySide6", "desktop", "run ./zongji desktop once: it installs what is missing"),
        ("pyaudio", "headset", "install portaudio19-dev and gcc, then run ./zongji desktop"),
        ("reportlab", "paper", "run ./zongji demo once: it installs what is missing"),
    ):
        there = importlib.util.find_spec(module) is not None
        yield Finding(what, "ok" if there else "missing", module, "" if there else do)
    for program, language in (("piper", "English"), ("espeak-ng", "Chinese and English")):
        there = shutil.which(program) is not None
        do = "" if there else f"only flows that speak free text need it: install {program}"
        yield Finding("speech", "ok" if there else "missing", f"{program} ({language})", do)
    fonts = [Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"), Path("C:/Windows/Fonts/msyh.ttc")]
    there = any(font.exists() for font in fonts)
    yield Finding(
        "Chinese font", "ok" if there else "broken", "WenQuanYi Micro Hei / Microsoft YaHei",
        "" if there else "apt-get install fonts-wqy-microhei (slips and windows need it)",
    )  # fmt: skip
    prompts = ROOT / "resources" / "prompts" / "manifest.json"
    yield Finding("prompts", "ok" if prompts.exists() else "broken", str(prompts.parent))


# ---------------------------------------------------------------------- site


def disk(loaded: Loaded) -> Iterator[Finding]:
    free = shutil.disk_usage(loaded.folder).free
    state: State = "ok" if free > LEAST_FREE_BYTES else "broken"
    do = "" if state == "ok" else "make room: below 2 GB recordings stop first, then the journal"
    yield Finding("disk", state, f"{free / 1e9:.1f} GB free in {loaded.folder}", do)


def journal(loaded: Loaded) -> Iterator[Finding]:
    folder = loaded.at(loaded.configuration.database.journal)
    if not folder.is_dir():
        yield Finding("journal", "ok", f"none yet in {folder}")
        return
    try:
        count = sum(1 for _ in records(folder, may_cut=False))
    except (JournalDamaged, Gap) as damage:
        yield Finding("journal", "broken", str(damage), "restore that file from the last backup")
        return
    yield Finding("journal", "ok", f"{count} records read, every check sum right")


def database(loaded: Loaded) -> Iterator[Finding]:
    file = site_files(loaded).database
    if file is None:
        yield Finding("database", "ok", "PostgreSQL; the server says more in /api/v1/health")
    else:
        size = file.stat().st_size if file.exists() else 0
        yield Finding("database", "ok", f"SQLite {file}, {size / 1e6:.1f} MB")


def server(loaded: Loaded) -> Iterator[Finding]:
    host, _, port = loaded.configuration.server.listen.rpartition(":")
    with socket.socket() as probe:
        probe.settimeout(1.0)
        running = probe.connect_ex((host or "127.0.0.1", int(port))) == 0
    found = f"{'answers' if running else 'nobody answers'} on {loaded.configuration.server.listen}"
    do = "" if running else f"./zongji server --config {loaded.path}"
    yield Finding("server", "ok" if running else "missing", found, do)


def certificate(loaded: Loaded) -> Iterator[Finding]:
    """What the server's port shows, for how long, and the words by which people know it."""
    settings = loaded.configuration.server
    try:
        pair = pair_of(settings, loaded.folder)
        if pair is None:
            yield Finding("certificate", "ok", f"none: {settings.listen} is this machine only")
            return
        if pair.own and not pair.certificate.exists():
            yield Finding(
                "certificate", "missing", str(pair.certificate), "the server makes it when it starts"
            )
            return
        context_of(pair)
        ends = read_certificate(pair.certificate).not_valid_after_utc
    except CannotStart as reason:
        yield Finding("certificate", "broken", str(reason), "put the right file there, or restore the backup")
        return
    days = (ends - datetime.now(UTC)).days
    pin = pin_of_file(pair.certificate)
    known = f"words: {words(pin, 'zh_CN')} / {words(pin, 'en')}"
    found = f"{pair.certificate}, {days} days left, until {ends:%Y-%m-%d}; {known}"
    do = "" if days > SOON_DAYS else "start the server again" if pair.own else "get a new one from its issuer"
    yield Finding("certificate", "broken" if days < 0 else "missing" if do else "ok", found, do)


def boards(loaded: Loaded) -> Iterator[Finding]:
    for board in loaded.configuration.boards:
        if board.address.startswith("tls:"):
            yield Finding("board", "ok", f"{board.name} is on another machine ({board.address})")
            continue
        running = is_running(loaded.board_lock(board))
        found = f"{board.name} {'runs' if running else 'does not run'}, SIP {board.sip_listen}"
        do = "" if running else "the server starts it"
        yield Finding("board", "ok" if running else "missing", found, do)


def folders(loaded: Loaded) -> Iterator[Finding]:
    for name in ("recordings", "prompts"):
        folder = loaded.at(getattr(loaded.configuration.media, name))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".doctor"
            probe.write_text("")
            probe.unlink()
            yield Finding(name, "ok", str(folder))
        except OSError as error:
            yield Finding(name, "broken", f"{folder}: {error.strerror}", "give the server's user this folder")


SITE: tuple[Callable[[Loaded], Iterator[Finding]], ...] = (
    disk, folders, journal, database, server, certificate, boards,
)  # fmt: skip
