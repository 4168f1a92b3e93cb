"""The journal of every release still folds to what it meant then.

A new release adds a folder: a short demo's journal and `expected.json`. Decisions may change
between releases, what has happened may not: only folding is asked here.
"""

import json
import shutil
from pathlib import Path

import pytest

from app.server.recovery import recover

RELEASES = sorted(path for path in Path(__file__).parent.iterdir() if (path / "expected.json").exists())


@pytest.mark.req("X2", "Q1")
@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_a_releases_journal_means_what_it_meant(release: Path, tmp_path: Path):
    shutil.copytree(release, tmp_path / "journal")
    expected = json.loads((release / "expected.json").read_text())
    state = recover(tmp_path / "journal")
    queues = {
        row["queue_id"]: {name: row["today"][name] for name in expected["queues"][row["queue_id"]]}
        for row in state.floor.queue_rows()
    }
    counted = {row["agent_id"]: row["calls_today"] for row in state.floor.agent_rows() if row["calls_today"]}
    assert state.last_seq == expected["last_seq"]
    assert sorted(row["call_id"] for row in state.floor.call_rows()) == expected["calls"]
    assert queues == expected["queues"]
    assert counted == expected["calls_today"]
