"""Sets up what a command needs on its first use, then becomes that command.

Standard library only: this runs before anything is installed. Knows which system
packages and which lock file each command needs; knows nothing of the product.
Nothing is done twice: a stamp in the virtual environment holds the hash of the lock.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = HOME / ("Scripts/python.exe" if WINDOWS else "bin/python")

# Debian packages. A command gets "base" and, by its name, more.
PACKAGES = {
    "base": "python3-venv python3-dev gcc libc6-dev portaudio19-dev ca-certificates",
    "desktop": (
        "libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libbrotli1 libxcb-cursor0 "
        "libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-image0 libxcb-render-util0 libxkbcommon-x11-0 "
        "fonts-wqy-microhei"
    ),
    "test": (
        "xvfb xauth openbox xdotool poppler-utils sip-tester baresip sipsak pulseaudio pulseaudio-utils "
        "libasound2-plugins espeak-ng sox libzbar0 git procps"
    ),
}
NEEDS = {"test": ("base", "desktop", "test")}
WITHOUT_WINDOWS = {
    "server",
    "board",
    "agent",
    "flow",
    "replay",
    "doctor",
    "backup",
    "restore",
    "bench",
    "emulate",
}


def say(text: str) -> None:
    print(f"zongji: {text}", file=sys.stderr, flush=True)


def groups(command: str) -> tuple[str, ...]:
    if command in WITHOUT_WINDOWS:
        return ("base",)
    return NEEDS.get(command, ("base", "desktop"))


def missing_packages(names: list[str]) -> list[str]:
    """Those dpkg does not have as installed; empty where there is no dpkg."""
    if not shutil.which("dpkg-query"):
        return []
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    there = {line.split()[1] for line in asked.stdout.splitlines() if line.startswith("ii")}
    # A Python that is not Debian's brings its own venv and headers.
    own_python = not sys.executable.startswith("/usr/bin/")
    skip = {"python3-venv", "python3-dev"} if own_python else set()
    return [name for name in names if name not in there and name not in skip]


def install_packages(command: str) -> None:
    names = [name for group in groups(command) for name in PACKAGES[group].split()]
    missing = missing_packages(names)
    if not missing:
        return
    line = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    prefix = [] if is_root else ["sudo", "-n"]
    may = is_root or (
        shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    )
    if not may:
        say("some system packages are missing. Run this once, then try again:")
        print("  sudo " + " ".join(line), file=sys.stderr)
        sys.exit(1)
    say(f"installing {len(missing)} system packages …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log = ROOT / ".venv-apt.log"
    with log.open("w") as out:
        for step in (["apt-get", "update"], line):
            if subprocess.run(
                [*prefix, *step], stdout=out, stderr=out, env=environment, check=False
            ).returncode:
                say(f"apt could not do it; what it said is in {log}. The line was: {' '.join(line)}")
                sys.exit(1)
    log.unlink()


def install_dependencies(command: str) -> None:
    """Make .venv and install the locked packages, hashes checked."""
    # What tests need holds all that running needs, in the same versions.
    enough = ["test"] if command == "test" else ["run", "test"]
    if PYTHON.exists() and any(is_installed(name) for name in enough):
        return
    lock = lock_file(enough[0])
    if not PYTHON.exists():
        say("making a virtual environment in .venv …")
        venv.create(HOME, with_pip=True, clear=HOME.exists())
    total = sum(1 for row in lock.read_text().splitlines() if "==" in row)
    say(f"installing {total} locked Python packages (once; a few minutes on a slow line) …")
    run_pip(["install", "--require-hashes", "--disable-pip-version-check", "-r", str(lock)], total)
    stamp(enough[0]).write_text(mark(enough[0]))


def lock_file(name: str) -> Path:
    return ROOT / "locks" / f"{name}.txt"


def stamp(name: str) -> Path:
    return HOME / f"{name}.stamp"


def mark(name: str) -> str:
    return f"{sys.version_info[:2]} {hashlib.sha256(lock_file(name).read_bytes()).hexdigest()}"


def is_installed(name: str) -> bool:
    return stamp(name).exists() and stamp(name).read_text() == mark(name)


def run_pip(arguments: list[str], total: int) -> None:
    process = subprocess.Popen(
        [str(PYTHON), "-m", "pip", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said: list[str] = []
    begun, shown = 0, time.monotonic()
    for row in process.stdout:
        said.append(row)
        if row.startswith(("Collecting ", "Requirement already")):
            begun += 1
        if row.startswith(("Building ", "Installing collected")) or time.monotonic() - shown > 3:
            shown = time.monotonic()
            say(f"  {min(begun, total)}/{total}  {row.strip()[:70]}")
    if process.wait():
        sys.stderr.writelines(said[-25:])
        say("the packages could not be installed; the lines above say why. Check the network and try again.")
        sys.exit(1)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Two commands started at once do not set up at once."""
    if WINDOWS:
        yield
        return
    import fcntl

    with (ROOT / ".venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another zongji is setting up; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(command: str) -> None:
    with alone():
        if not WINDOWS:
            install_packages(command)
        install_dependencies(command)


def main() -> int:
    prepare(sys.argv[1] if len(sys.argv) > 1 else "")
    arguments = [str(PYTHON), "-m", "app.cli", *sys.argv[1:]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if WINDOWS:
        return subprocess.call(arguments, env=environment)
    sys.stdout.flush()
    return os.execve(arguments[0], arguments, environment)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
