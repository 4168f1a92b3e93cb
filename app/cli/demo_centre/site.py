"""The demo's configuration: 云杉电器, an appliance maker's after-sales service."""

import secrets
import socket
from pathlib import Path
from typing import Any

from app.cli.configuration_file import apply_settings
from app.cli.toml_text import text
from resources.demo.company import users


def free(wanted: int, kind: socket.SocketKind) -> int:
    """The usual port if nobody has it, else any free one."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def values() -> dict[str, Any]:
    http, sip = free(8080, socket.SOCK_STREAM), free(5060, socket.SOCK_DGRAM)
    return {
        "test_numbers": True,
        "site": {"name": "云杉电器", "language": "zh_CN", "time_zone": "Asia/Shanghai", "country": "CN"},
        "server": {"listen": f"127.0.0.1:{http}"},
        "database": {"url": "sqlite:///zongji.db", "journal": "journal"},
        "media": {"recordings": "recordings", "prompts": "prompts", "rtp_ports": "10000-13999"},
        "boards": [
            {
                "kind": "exchange",
                "name": "board0",
                "channels": 600,
                "sip_listen": f"127.0.0.1:{sip}",
                "guests": "loopback",
                "per_source_limit": 1000,
            }
        ],
        "numbers": [{"number": "400", "flow": "main"}],
        "queues": [
            {"name": "service", "title": {"zh_CN": "维修服务", "en": "Repairs"}, "strategy": "fewest_today"},
            {"name": "bench", "title": {"zh_CN": "测试", "en": "Bench"}, "strategy": "fewest_today"},
        ],
        "users": list(users()),
    }


def prepare(folder: Path, settings: list[str]) -> Path:
    """Write zongji.toml and the password files, or keep those that are there; return its path.

    Raises:
        CommandFailed: a --set key or value is wrong.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = values()
    secrets_folder = folder / "passwords"
    secrets_folder.mkdir(mode=0o700, exist_ok=True)
    for user in made["users"]:
        file = secrets_folder / user["name"]
        if not file.exists():
            file.write_text(secrets.token_urlsafe(9) + "\n")
            file.chmod(0o600)
        user["password_file"] = f"passwords/{user['name']}"
    apply_settings(made, settings)
    path = folder / "zongji.toml"
    path.write_text(text(made), encoding="utf-8")
    return path


def user_table(configuration: Any) -> dict[str, dict[str, Any]]:
    """`users` of demo.json."""
    table: dict[str, dict[str, Any]] = {}
    for user in configuration.users:
        role = "admin" if user.role == "admin" else user.role
        table[user.name] = {"password": user.password, "role": role}
        if user.role == "agent":
            table[user.name]["queues"] = user.queues
    return table
