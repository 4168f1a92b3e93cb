"""The configuration file as plain values, checked.

Knows every key of `zongji.toml`, its type and its default; an unknown key is an
error that names it and the nearest known one. Reads no file: `app.cli` hands in
the parsed TOML.
"""

import dataclasses
import difflib
import types
import typing
from dataclasses import dataclass, field
from typing import Any


class ConfigurationWrong(Exception):
    """One sentence for the person who wrote the file; `key` is dotted, items by number."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}" if key else reason)
        self.key = key


@dataclass(frozen=True, kw_only=True)
class Site:
    name: str = "总机"
    language: str = "zh_CN"
    time_zone: str = "Asia/Shanghai"
    country: str = "CN"


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    listen: str = "127.0.0.1:8080"
    public_url: str = ""
    tls_certificate: str = ""
    tls_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Database:
    url: str = "sqlite:///zongji.db"
    journal: str = "journal"


@dataclass(frozen=True, kw_only=True)
class Media:
    recordings: str = "recordings"
    prompts: str = "prompts"
    rtp_ports: str = "10000-13999"


@dataclass(frozen=True, kw_only=True)
class Board:
    kind: str = "exchange"
    name: str = "board0"
    channels: int = 120
    sip_listen: str = "127.0.0.1:5060"
    sip_tls_listen: str = ""
    external_address: str = ""
    local_networks: list[str] = field(default_factory=list)
    guests: str = "loopback"
    srtp: str = "off"
    desk_srtp: str = "auto"
    codecs: list[str] = field(default_factory=lambda: ["PCMA", "PCMU"])
    per_source_limit: int = 50
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Trunk:
    name: str
    board: str = "board0"
    host: str = ""
    user: str = ""
    password: str = ""
    password_file: str = ""
    register: bool = True
    match: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    transport: str = "udp"
    srtp: str = "off"
    priority: int = 1
    max_calls: int = 0
    calls_per_second: float = 0.0
    caller_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    match: str
    strip: int = 0
    prefix: str = ""
    trunks: list[str] = field(default_factory=list)
    allow: list[str] = field(default_factory=lambda: ["agent"])


@dataclass(frozen=True, kw_only=True)
class Phone:
    user: str
    password: str = ""
    password_file: str = ""


@dataclass(frozen=True, kw_only=True)
class Number:
    number: str
    flow: str = ""
    queue: str = ""
    service: str = ""


@dataclass(frozen=True, kw_only=True)
class User:
    name: str
    role: str = "agent"
    display_name: str = ""
    password: str = ""
    password_file: str = ""
    queues: list[str] = field(default_factory=list)
    skills: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Queue:
    name: str
    title: dict[str, str] = field(default_factory=dict)
    strategy: str = "fewest_today"
    service_goal_s: float = 20.0
    music: str = "sounds/music-spruce"
    ring_s: float = 20.0
    wrap_up_s: float = 30.0
    max_wait_s: float = 0.0
    max_length: int = 0
    announce_every_s: float = 30.0
    short_abandon_s: float = 5.0
    priority: int = 0
    overflow: str = (
        ""  # where a call goes that waited too long, when no flow takes it back: "voicemail:service"
    )
    closed: str = ""
    record: bool = True


@dataclass(frozen=True, kw_only=True)
class GsmModem:
    name: str
    port: str = "/dev/ttyUSB0"
    pin: str = ""


@dataclass(frozen=True, kw_only=True)
class FaxModem:
    name: str
    port: str = "/dev/ttyUSB0"


@dataclass(frozen=True, kw_only=True)
class Mail:
    smtp: str = ""
    imap: str = ""


@dataclass(frozen=True, kw_only=True)
class Bench:
    peer: str = "127.0.0.1:16100"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    site: Site = field(default_factory=Site)
    server: ServerSettings = field(default_factory=ServerSettings)
    database: Database = field(default_factory=Database)
    media: Media = field(default_factory=Media)
    boards: list[Board] = field(default_factory=lambda: [Board()])
    trunks: list[Trunk] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    emergency: list[str] = field(default_factory=lambda: ["110", "119", "120", "122"])
    phones: list[Phone] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    test_numbers: bool = False
    users: list[User] = field(default_factory=list)
    queues: list[Queue] = field(default_factory=list)
    gsm_modems: list[GsmModem] = field(default_factory=list)
    fax_modems: list[FaxModem] = field(default_factory=list)
    mail: Mail = field(default_factory=Mail)
    bench: Bench = field(default_factory=Bench)


CHOICES = {
    "site.language": ("zh_CN", "en"),
    "boards.kind": ("exchange", "simulated"),
    "boards.guests": ("loopback", "none", "all"),
    "boards.srtp": ("off", "optional", "required"),
    "boards.desk_srtp": ("auto", "always"),
    "trunks.transport": ("udp", "tcp", "tls"),
}
# What is HOST:PORT, and what FIRST-LAST of UDP ports; empty where that is the default.
ADDRESSES = ("server.listen", "boards.sip_listen", "boards.sip_tls_listen", "bench.peer")
PORT_RANGES = ("media.rtp_ports",)
HIGHEST_PORT = 65535


def read(values: dict[str, Any]) -> Configuration:
    """Check parsed TOML and make it a Configuration.

    Raises:
        ConfigurationWrong: an unknown key, a wrong type or choice, a name used twice.
    """
    configuration: Configuration = _build(Configuration, values, "")
    for name in ("boards", "trunks", "users", "queues"):
        _unique(name, [row.name for row in getattr(configuration, name)])
    _unique("numbers", [row.number for row in configuration.numbers])
    return configuration


def _unique(key: str, names: list[str]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise ConfigurationWrong(f"{key}.{position}", f"“{name}” stands here a second time")


def _build(kind: Any, values: Any, key: str) -> Any:
    if not isinstance(values, dict):
        raise ConfigurationWrong(key, "a table is expected here")
    hints = typing.get_type_hints(kind)
    for name in values:
        if name not in hints:
            near = difflib.get_close_matches(name, hints, n=1)
            hint = f"; did you mean “{near[0]}”?" if near else f"; known: {', '.join(hints)}"
            raise ConfigurationWrong(_join(key, name), f"unknown key{hint}")
    made = {name: _value(hints[name], value, _join(key, name)) for name, value in values.items()}
    for item in dataclasses.fields(kind):
        required = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        if required and item.name not in made:
            raise ConfigurationWrong(_join(key, item.name), "is missing")
    return kind(**made)


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _value(hint: Any, value: Any, key: str) -> Any:
    origin = typing.get_origin(hint)
    if origin is list:
        if not isinstance(value, list):
            raise ConfigurationWrong(key, "a list is expected here")
        return [_value(typing.get_args(hint)[0], item, f"{key}.{at}") for at, item in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict):
            raise ConfigurationWrong(key, "a table is expected here")
        return {
            name: _value(typing.get_args(hint)[1], item, _join(key, name)) for name, item in value.items()
        }
    if dataclasses.is_dataclass(hint):
        return _build(hint, value, key)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ConfigurationWrong(key, f"{_word(hint)} is expected here, not “{value}”")
    kind_of_key = ".".join(part for part in key.split(".") if not part.isdigit())
    choices = CHOICES.get(kind_of_key)
    if choices and value not in choices:
        raise ConfigurationWrong(key, f"“{value}” is not one of {', '.join(choices)}")
    if kind_of_key in ADDRESSES and value and not _is_address(value):
        raise ConfigurationWrong(key, f"an address like 127.0.0.1:8080 is expected here, not “{value}”")
    if kind_of_key in PORT_RANGES and not _is_port_range(value):
        raise ConfigurationWrong(key, f"ports like 10000-13999 are expected here, not “{value}”")
    return value


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and " " not in host and _is_port(port)


def _is_port_range(text: str) -> bool:
    first, _, last = text.partition("-")
    return _is_port(first) and _is_port(last) and int(first) < int(last)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT


def _word(hint: type | types.UnionType) -> str:
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    return words.get(hint, str(hint)) if isinstance(hint, type) else str(hint)


def put(values: dict[str, Any], dotted: str, value: Any) -> None:
    """Set `boards.0.sip_listen` style keys in parsed TOML, in place.

    Raises:
        ConfigurationWrong: a number beyond the list's end, or a path through a plain value.
    """
    *path, last = dotted.split(".")
    here: Any = values
    for depth, part in enumerate(path):
        following = path[depth + 1] if depth + 1 < len(path) else last
        here = _step(here, part, [] if following.isdigit() else {}, dotted)
    if isinstance(here, list):
        position = _position(here, last, dotted)
        here[position : position + 1] = [value]
    elif isinstance(here, dict):
        here[last] = value
    else:
        raise ConfigurationWrong(dotted, "leads through a plain value")


def _step(here: Any, part: str, empty: Any, dotted: str) -> Any:
    if isinstance(here, list):
        position = _position(here, part, dotted)
        if position == len(here):
            here.append(empty)
        return here[position]
    if isinstance(here, dict):
        return here.setdefault(part, empty)
    raise ConfigurationWrong(dotted, "leads through a plain value")


def _position(items: list[Any], part: str, dotted: str) -> int:
    if not part.isdigit() or int(part) > len(items):
        raise ConfigurationWrong(dotted, f"“{part}” is not a place in this list of {len(items)}")
    return int(part)
