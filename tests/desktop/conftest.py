"""Windows over a scripted server; every test gets a folder of its own for drafts and preferences."""

import pytest

from tests.desktop.scene import Scene


@pytest.fixture
def scene(qapp, tmp_path):
    made = []

    def make(language="zh_CN", theme="light", size=(1440, 900), factor="1.0") -> Scene:
        made.append(Scene(tmp_path, language, theme, size, factor))
        return made[-1]

    yield make
    for each in made:
        each.close()
