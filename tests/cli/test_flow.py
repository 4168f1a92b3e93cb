"""`flow check` and `flow run`, as CONTRACT.md promises them."""

import json
import sys
from pathlib import Path

import pytest

from app.cli.__main__ import main

MAIN = Path(__file__).parents[2] / "resources" / "flows" / "main.flow.json"


def flow(*arguments: str) -> int:
    return main(["flow", *arguments])


def written(folder: Path, change: dict[str, object]) -> Path:
    file = folder / "x.flow.json"
    file.write_text(json.dumps({**json.loads(MAIN.read_text("utf-8")), **change}), "utf-8")
    return file


def test_a_right_flow_says_nothing_and_exits_0(capsys: pytest.CaptureFixture[str]):
    assert flow("check", str(MAIN)) == 0
    assert capsys.readouterr().out == ""


def test_a_problem_is_told_as_file_node_code_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = written(tmp_path, {"start": "welcom"})
    assert flow("check", str(file), "--language", "en") == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first == f"{file}:: exit_to_nowhere start: no node 'welcom'; did you mean 'welcome'?"
    assert flow("check", str(file), "--json") == 1
    assert json.loads(capsys.readouterr().out.splitlines()[0])["code"] == "exit_to_nowhere"


def test_a_warning_alone_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    document = json.loads(MAIN.read_text("utf-8"))
    nodes = {name: node for name, node in document["nodes"].items() if not name.startswith("sorry")}
    assert flow("check", str(written(tmp_path, {"on_error": None, "nodes": nodes}))) == 0
    assert "no_on_error" in capsys.readouterr().out


def test_queues_are_checked_when_they_are_named(capsys: pytest.CaptureFixture[str]):
    assert flow("check", str(MAIN), "--queues", "servic,sales") == 1
    assert ":repair: unknown_queue" in capsys.readouterr().out


def test_a_file_that_is_no_flow_is_a_problem_and_a_missing_one_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "no.flow.json"
    file.write_text("{")
    assert flow("check", str(file)) == 1
    assert f"{file}:: not_a_flow" in capsys.readouterr().out
    assert flow("run", str(file)) == 1
    assert flow("check", str(tmp_path / "none")) == 1
    assert "zongji: " in capsys.readouterr().err


@pytest.mark.req("I2", "I3")
def test_run_walks_the_keys_in_virtual_time(capsys: pytest.CaptureFixture[str]):
    assert flow("run", str(MAIN), "--keys", "9,-,1", "--caller", "13800138000", "--json") == 0
    moments = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [m["node"] for m in moments if m["event"] == "entered"][-3:] == ["english", "main_menu", "repair"]
    assert [m["seconds"] for m in moments if m["event"] == "silence"] == [5]
    assert moments[-1]["event"] == "queue"
    assert [m["at_s"] for m in moments] == sorted(m["at_s"] for m in moments)
    assert moments[-1]["at_s"] > 15


def test_run_as_text_shows_the_words_and_ends_without_more_keys(capsys: pytest.CaptureFixture[str]):
    assert flow("run", str(MAIN), "--keys", "4") == 0
    out = capsys.readouterr().out
    assert "您好，欢迎致电云杉电器客户服务热线。" in out
    assert out.splitlines()[-1].endswith("queue service")


def test_run_answers_look_ups_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    given = tmp_path / "given.json"
    given.write_text(json.dumps({"lookups": {"work_order": {"417": {"number": "417", "status": "done"}}}}))
    assert flow("run", str(MAIN), "--keys", "2,417#,0", "--given", str(given)) == 0
    assert "维修已经完成" in capsys.readouterr().out


@pytest.mark.parametrize("keys", ["x", "1,,2", "1,-2"])
def test_keys_no_telephone_has_are_refused(keys: str, capsys: pytest.CaptureFixture[str]):
    assert flow("run", str(MAIN), "--keys", keys) == 1
    assert "--keys" in capsys.readouterr().err


def test_wrong_usage_exits_2():
    with pytest.raises(SystemExit) as ended:
        flow("run")
    assert ended.value.code == 2
    assert sys.exc_info()[0] is None
