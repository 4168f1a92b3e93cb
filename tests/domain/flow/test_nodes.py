"""A new node type is one new file."""

import sys
from pathlib import Path

import pytest

from app.domain.flow import nodes

NEW = """
from app.domain.flow.node import Exit, Go, NodeType

NODE = NodeType(
    name="shrug",
    label={"zh_CN": "耸肩", "en": "Shrug"},
    exits=(Exit(name="next", label={"zh_CN": "下一步", "en": "Next"}, required=True),),
    enter=lambda turn: Go("next"),
)
"""


def test_a_file_more_is_a_node_type_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "shrug.py").write_text(NEW, "utf-8")
    monkeypatch.setattr(nodes, "__path__", [*nodes.__path__, str(tmp_path)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    try:
        assert set(nodes._found()) == {*nodes.TYPES, "shrug"}
    finally:
        sys.modules.pop("app.domain.flow.nodes.shrug", None)


def test_every_file_of_the_folder_is_a_type_named_as_its_file():
    files = {file.stem for file in Path(nodes.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(nodes.TYPES)
