"""The command line of headless agents: names, passwords, and one clear sentence for a mistake."""

import pytest

from app.cli.__main__ import main
from app.cli.agent import agent_names, read_passwords
from app.cli.errors import CommandFailed


def test_agents_are_counted_on_from_the_first_name():
    assert agent_names("a08", 3) == ["a08", "a09", "a10"]
    assert agent_names("ann", 1) == ["ann"]
    with pytest.raises(CommandFailed, match="does not end in a number"):
        agent_names("ann", 2)


def test_a_password_file_is_one_password_or_a_line_for_each(tmp_path):
    file = tmp_path / "passwords"
    file.write_text("secret\n")
    assert read_passwords(file, ["a01", "a02"]) == {"a01": "secret", "a02": "secret"}
    file.write_text("a01 one\na02 two\n\nadmin x\n")
    assert read_passwords(file, ["a02"]) == {"a02": "two"}
    with pytest.raises(CommandFailed, match="no password for a03"):
        read_passwords(file, ["a03"])
    for wrong in ("", "a01 one\ntwo", "a b c"):
        file.write_text(wrong)
        with pytest.raises(CommandFailed, match="neither"):
            read_passwords(file, ["a01"])
    with pytest.raises(CommandFailed, match="cannot read"):
        read_passwords(tmp_path / "none", ["a01"])


@pytest.mark.parametrize(
    "more", [["--server", "ftp://x"], ["--server", "h:1", "--talk", "/nowhere.wav"], ["--server", ""]]
)
def test_a_users_mistake_is_one_sentence_and_status_1(more, tmp_path, capsys):
    file = tmp_path / "p"
    file.write_text("x")
    assert main(["agent", "--user", "a01", "--password-file", str(file), *more]) == 1
    told = capsys.readouterr().err
    assert told.startswith("zongji: ") and "Traceback" not in told
