"""Reads zongji.toml: the one place where its path, its passwords and its relative paths are resolved."""

import dataclasses
import hashlib
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from app.cli.errors import CommandFailed
from app.domain.configuration import Board, Configuration, ConfigurationWrong, Phone, Trunk, User, put, read

# A unix socket's path holds 107 bytes on Linux.
LONGEST_SOCKET_PATH = 100
WithPassword = TypeVar("WithPassword", Trunk, Phone, User)


@dataclass(frozen=True)
class Loaded:
    """A checked configuration and the folder its relative paths start from."""

    configuration: Configuration
    path: Path

    @property
    def folder(self) -> Path:
        return self.path.parent

    def at(self, relative: str) -> Path:
        return (self.folder / relative).resolve()

    @property
    def run_folder(self) -> Path:
        """Sockets and pid files of this site's processes."""
        return self.folder / "run"

    def board_address(self, board: Board) -> str:
        if board.address:
            return board.address
        path = self.run_folder / f"{board.name}.sock"
        if len(str(path).encode()) > LONGEST_SOCKET_PATH:
            short = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
            path = Path(tempfile.gettempdir()) / f"zongji-{short}-{board.name}.sock"
        return f"unix:{path}"

    def board_lock(self, board: Board) -> Path:
        """Held by the board as long as it lives; beside its socket."""
        return Path(self.board_address(board).removeprefix("unix:") + ".lock")

    def database_url(self) -> str:
        """The URL with SQLite's relative path made absolute."""
        url = self.configuration.database.url
        scheme, _, rest = url.partition(":///")
        if scheme == "sqlite" and not rest.startswith("/"):
            return f"sqlite:///{self.at(rest)}"
        return url


def load(path: str | Path) -> Loaded:
    """Read and check a configuration file.

    Raises:
        CommandFailed: the file is missing, is no TOML, or a key in it is wrong.
    """
    file = Path(path).resolve()
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        configuration = read(values)
    except FileNotFoundError:
        raise CommandFailed(f"there is no configuration file {file}") from None
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} is not readable as TOML: {error}") from None
    except ConfigurationWrong as wrong:
        raise CommandFailed(f"{file}: {wrong}") from None
    return Loaded(_with_passwords(configuration, file.parent), file)


def _with_passwords(configuration: Configuration, folder: Path) -> Configuration:
    return dataclasses.replace(
        configuration,
        trunks=[_with_password(row, folder) for row in configuration.trunks],
        phones=[_with_password(row, folder) for row in configuration.phones],
        users=[_with_password(row, folder) for row in configuration.users],
    )


def _with_password(row: WithPassword, folder: Path) -> WithPassword:
    if not row.password_file:
        return row
    try:
        secret = (folder / row.password_file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandFailed(
            f"the password file {row.password_file} cannot be read: {error.strerror}"
        ) from None
    return dataclasses.replace(row, password=secret)


def parsed_setting(setting: str) -> tuple[str, Any]:
    """`KEY=VALUE` of --set: VALUE as TOML, or else as text."""
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise CommandFailed(f"--set wants KEY=VALUE, not “{setting}”")
    try:
        return key, tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return key, text


def apply_settings(values: dict[str, Any], settings: list[str]) -> None:
    """Put --set values into parsed TOML and check the whole."""
    try:
        for setting in settings:
            put(values, *parsed_setting(setting))
        read(values)
    except ConfigurationWrong as wrong:
        raise CommandFailed(f"--set: {wrong}") from None
