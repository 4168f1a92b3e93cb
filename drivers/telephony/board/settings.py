"""What a board is told at its start; the names are those of the configuration file."""

from msgspec import Struct, field


class TrunkSettings(Struct, kw_only=True, frozen=True):
    """`[[trunks]]`. host may carry a port: "sip.example.com:5080"."""

    name: str
    host: str = ""
    user: str = ""
    password: str = ""
    register: bool = True
    match: list[str] = []
    numbers: list[str] = []
    priority: int = 1
    max_calls: int = 0
    calls_per_second: float = 0.0
    caller_id: str = ""


class PhoneSettings(Struct, kw_only=True, frozen=True):
    """`[[phones]]`."""

    user: str
    password: str = ""


class NumberSettings(Struct, kw_only=True, frozen=True):
    """`[[numbers]]` that the board serves alone: see `services.SERVICES` for the names."""

    number: str
    service: str


class BoardSettings(Struct, kw_only=True, frozen=True):
    """One `[[boards]]` of kind "exchange" and what concerns it from the other tables.

    address: "unix:PATH" the server finds the board at. per_source_limit: unacknowledged
    calls of one source, and new calls a second of one source off loopback.
    recordings, prompts: folders, absolute. rtp_ports: "first-last", even ports are used.
    away_limit_s: how long the board waits for a server before it ends in order; 0: for ever.
    desk_srtp: "auto": agents' voices are SRTP unless this board's address is loopback; "always".
    """

    name: str = "board0"
    channels: int = 120
    sip_listen: str = "127.0.0.1:5060"
    external_address: str = ""
    local_networks: list[str] = []
    guests: str = "loopback"
    codecs: list[str] = field(default_factory=lambda: ["PCMA", "PCMU"])
    desk_srtp: str = "auto"
    per_source_limit: int = 50
    digest: list[str] = field(
        default_factory=lambda: ["MD5"]
    )  # also "SHA-256": what telephones are asked for, in order
    address: str = ""
    trunks: list[TrunkSettings] = []
    phones: list[PhoneSettings] = []
    numbers: list[NumberSettings] = []
    test_numbers: bool = False
    bench_peer: str = "127.0.0.1:16100"
    recordings: str = "recordings"
    prompts: str = "prompts"
    rtp_ports: str = "10000-13999"
    language: str = "zh_CN"
    dialogs_file: str = ""  # "": beside the socket, else none is kept
    away_limit_s: float = 900.0


def listen_address(text: str) -> tuple[str, int]:
    """ "127.0.0.1:5060" → ("127.0.0.1", 5060); port 5060 when none is written."""
    host, colon, port = text.rpartition(":")
    return (host, int(port)) if colon else (text, 5060)


def port_range(text: str) -> tuple[int, int]:
    """ "10000-13999" → (10000, 13999)."""
    first, _, last = text.partition("-")
    return int(first), int(last or first)
