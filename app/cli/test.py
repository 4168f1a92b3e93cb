"""`./zongji test`: format, lint, types, contracts, tests; what CI runs."""

import argparse
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

TAKES_REST = True
ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str | Path]] = {
    "format": [BIN / "ruff", "format", "--check", "."],
    "lint": [BIN / "ruff", "check", "."],
    "types": [sys.executable, "-m", "mypy"],
    "contracts": [BIN / "lint-imports"],
}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("test", help="everything CI runs", add_help=False)
    parser.add_argument("--only-tests", action="store_true", help="leave out format, lint, types, contracts")


def passes(name: str, command: list[str | Path]) -> bool:
    """Run one check; its words are shown only when it does not pass."""
    begun = time.monotonic()
    done = subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    good = done.returncode == 0
    print(f"{name:10} {'ok' if good else 'NOT OK'}  {time.monotonic() - begun:.0f} s", flush=True)
    if not good:
        print(done.stdout + done.stderr, flush=True)
    return good


def counts(report: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) of a JUnit report; a crashed run counts as one failure."""
    if not report.exists() or not report.stat().st_size:
        return 0, 1, 0
    suite = next(iter(ET.parse(report).getroot().iter("testsuite")))
    total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return total - failed - skipped, failed, skipped


def run(arguments: argparse.Namespace) -> int:
    results = [] if arguments.only_tests else [passes(name, command) for name, command in CHECKS.items()]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        tests = subprocess.run(
            [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments.rest], cwd=ROOT, check=False
        )
        passed, failed, skipped = counts(report)
    if tests.returncode and not failed:
        failed = 1
    passed += sum(results)
    failed += len(results) - sum(results)
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0
