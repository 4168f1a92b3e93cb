"""A backup is complete, verified, and comes back as it was."""

import sqlite3

import pytest

from app.server.backing_up import BackupFailed, SiteFiles, back_up, restore, verify
from app.server.journal.segments import framed, segment_path

RECORD = b'{"seq":%d,"now_s":0,"at_utc":0,"input":["BoardLost",{"board":"b"}]}'


@pytest.fixture
def site(tmp_path):
    home = tmp_path / "site"
    for name in ("journal", "recordings/2026", "prompts", "passwords"):
        (home / name).mkdir(parents=True)
    (home / "zongji.toml").write_text("")
    (home / "passwords" / "a01").write_text("secret\n")
    (home / "recordings/2026/c1.wav").write_bytes(b"RIFF" + bytes(1000))
    segment_path(home / "journal", 1).write_bytes(framed(RECORD % 1) + framed(RECORD % 2))
    with sqlite3.connect(home / "zongji.db") as database:
        database.execute("CREATE TABLE customer (name TEXT)")
        database.execute("INSERT INTO customer VALUES ('王芳')")
    database.close()
    return SiteFiles(
        configuration=home / "zongji.toml",
        passwords=[home / "passwords" / "a01"],
        database=home / "zongji.db",
        journal=home / "journal",
        recordings=home / "recordings",
        prompts=home / "prompts",
    )


def quiet(what: str, done: int) -> None:
    pass


def names(database) -> list[tuple[str]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute("SELECT name FROM customer").fetchall()
    finally:
        connection.close()


@pytest.mark.req("G6")
def test_everything_comes_back_and_what_was_there_is_kept_aside(site, tmp_path):
    told = back_up(site, tmp_path / "kept", quiet)
    assert told["files"] == 5
    site.database.write_bytes(b"broken")
    (site.recordings / "2026/c1.wav").unlink()
    restored = restore(tmp_path / "kept", site, quiet)
    assert names(site.database) == [("王芳",)]
    assert (site.recordings / "2026/c1.wav").stat().st_size == 1004
    assert (site.database.parent / f"zongji.db.{restored['aside']}").read_bytes() == b"broken"


@pytest.mark.req("G6")
def test_a_record_half_written_while_it_was_copied_is_cut_off(site, tmp_path):
    segment = segment_path(site.journal, 1)
    whole = segment.stat().st_size
    with segment.open("ab") as file:
        file.write(framed(RECORD % 3)[:-5])
    back_up(site, tmp_path / "kept", quiet)
    restore(tmp_path / "kept", site, quiet)
    assert segment.stat().st_size == whole


@pytest.mark.req("G6")
@pytest.mark.parametrize(
    "file", ["zongji.db", "recordings/2026/c1.wav", "site/passwords/a01", "manifest.json"]
)
def test_a_damaged_backup_changes_nothing(site, tmp_path, file):
    back_up(site, tmp_path / "kept", quiet)
    data = bytearray((tmp_path / "kept" / file).read_bytes())
    data[len(data) // 2] ^= 0x55
    (tmp_path / "kept" / file).write_bytes(data)
    with pytest.raises(BackupFailed):
        restore(tmp_path / "kept", site, quiet)
    assert names(site.database) == [("王芳",)]


def test_a_backup_is_never_written_over(site, tmp_path):
    back_up(site, tmp_path / "kept", quiet)
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(site, tmp_path / "kept", quiet)
    assert verify(tmp_path / "kept")["format"] == 1
