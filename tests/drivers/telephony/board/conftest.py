from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.board_world import World


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[..., World]:
    def make(**settings: Any) -> World:
        return World(tmp_path, **settings)

    return make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
