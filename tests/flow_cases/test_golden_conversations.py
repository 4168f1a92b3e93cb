"""Every golden conversation in this folder, on the flow it names."""

import json
from pathlib import Path

import pytest

from app.domain.flow import cases
from app.domain.flow.definition import read

HERE = Path(__file__).parent
FLOWS = HERE.parents[1] / "resources" / "flows"
CASES = sorted(HERE.rglob("*.case.json"))


@pytest.mark.req("I2", "I3", "I4", "I5", "I8", "I17", "T21")
@pytest.mark.parametrize("file", CASES, ids=lambda file: file.name.removesuffix(".case.json"))
def test_the_conversation_goes_as_written(file: Path):
    case = json.loads(file.read_text("utf-8"))
    flow = read((FLOWS / f"{case['flow']}.flow.json").read_text("utf-8"))
    cases.run(flow, case)


def test_each_flow_has_its_conversations():
    spoken = {json.loads(file.read_text("utf-8"))["flow"] for file in CASES}
    assert {file.name.removesuffix(".flow.json") for file in FLOWS.glob("*.flow.json")} <= spoken
