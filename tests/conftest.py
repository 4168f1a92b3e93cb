"""What every test may rely on, and the table of requirements printed at the end."""

import os
from collections import defaultdict
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=3, help="how often scenarios kill a process")


# A row is *proved* by a test that goes through CONTRACT.md or a window, else only *supported*.
PROVING_FOLDERS = ("scenarios", "peers", "desktop")
_outcomes: dict[str, dict[str, list[bool]]] = defaultdict(lambda: {"proved": [], "supported": []})


def _kind(path: Path) -> str:
    return "proved" if set(path.parts) & set(PROVING_FOLDERS) else "supported"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call" or (report.when == "setup" and not report.passed):
        for mark in item.iter_markers("req"):
            for row in mark.args:
                _outcomes[row][_kind(item.path)].append(report.passed)


def pytest_terminal_summary(terminalreporter):
    if not _outcomes:
        return
    columns = {"proved": [], "supported": [], "failing": []}
    for row, kinds in _outcomes.items():
        if not all(kinds["proved"] + kinds["supported"]):
            columns["failing"].append(row)
        else:
            columns["proved" if kinds["proved"] else "supported"].append(row)
    terminalreporter.section("requirements")
    for name, rows in columns.items():
        ordered = sorted(rows, key=lambda row: (row[0], int(row[1:])))
        terminalreporter.write_line(f"{name:10} {len(ordered):3}  {' '.join(ordered)}")
