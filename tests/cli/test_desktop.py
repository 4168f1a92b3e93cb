"""What `./zongji desktop` says when it cannot begin: one sentence in both languages, no traceback."""

import pytest

from app.cli.__main__ import main
from app.cli.desktop import has_display


@pytest.fixture
def bare(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("display", ["", ":4711", "nonsense"])
def test_no_display_is_one_sentence(bare, capsys, display):
    bare.setenv("DISPLAY", display)
    assert not has_display()
    assert main(["desktop"]) == 1
    told = capsys.readouterr().err
    assert "显示器" in told and "no display" in told and told.count("\n") == 1


def test_an_offscreen_platform_needs_none(bare):
    bare.setenv("QT_QPA_PLATFORM", "offscreen")
    assert has_display()


def test_a_password_file_that_is_not_there_is_one_sentence(bare, capsys):
    bare.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["desktop", "--password-file", "/nowhere/password"]) == 1
    told = capsys.readouterr().err
    assert "密码文件" in told and "password file" in told and told.count("\n") == 1
