"""Flow main, as shipped."""

from pathlib import Path
from typing import Any

import pytest

from app.domain.flow.definition import Definition, document, parse

MAIN = Path(__file__).parents[3] / "resources" / "flows" / "main.flow.json"


@pytest.fixture(scope="session")
def main_document() -> dict[str, Any]:
    return document(MAIN.read_text("utf-8"))


@pytest.fixture(scope="session")
def main_flow(main_document: dict[str, Any]) -> Definition:
    return parse(main_document)
