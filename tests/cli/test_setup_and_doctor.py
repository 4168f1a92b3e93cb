"""A new site is set up once, and the doctor says what it needs."""

import json

import pytest

from app.cli.__main__ import main


@pytest.mark.req("G7")
def test_setup_makes_a_site_and_a_second_time_changes_nothing(tmp_path, capsys):
    secret = tmp_path / "pw"
    secret.write_text("correct horse\n")
    words = ["setup", "--admin", "boss", "--password-file", str(secret), "--dir", str(tmp_path / "site")]
    assert main(words) == 0
    file = tmp_path / "site" / "zongji.toml"
    written = file.read_bytes()
    assert (tmp_path / "site" / "passwords" / "boss").read_text() == "correct horse\n"
    assert main(words) == 0
    assert file.read_bytes() == written
    assert "nothing was changed" in capsys.readouterr().out


def test_a_short_password_is_refused_in_one_sentence(tmp_path, capsys):
    secret = tmp_path / "pw"
    secret.write_text("short\n")
    assert main(["setup", "--password-file", str(secret), "--dir", str(tmp_path / "site")]) == 1
    assert "under 8 characters" in capsys.readouterr().err
    assert not (tmp_path / "site" / "zongji.toml").exists()


def test_the_doctor_looks_at_machine_and_site(tmp_path, capsys):
    main(["setup", "--dir", str(tmp_path)])
    capsys.readouterr()
    main(["doctor", "--config", str(tmp_path / "zongji.toml"), "--json"])
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    named = {row["what"]: row for row in findings}
    assert named["Python"]["state"] == "ok"
    assert named["journal"]["state"] == "ok"
    assert named["server"]["state"] == "missing" and "./zongji server" in named["server"]["do"]
    assert all(row["do"] for row in findings if row["state"] == "broken")


def test_the_doctor_names_a_damaged_journal(tmp_path, capsys):
    main(["setup", "--dir", str(tmp_path)])
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "000000000001.journal").write_bytes(bytes(20) + b'{"seq":1,' + bytes(30))
    (tmp_path / "journal" / "000000000002.journal").write_bytes(b"")
    assert main(["doctor", "--config", str(tmp_path / "zongji.toml")]) == 1
    assert "000000000001.journal" in capsys.readouterr().out
