"""`./zongji board`: one board's processes. The server starts it by itself; a board elsewhere is started so."""

import argparse
import os

from app.cli.configuration_file import Loaded, load
from app.cli.errors import CommandFailed
from app.domain.configuration import Board, Number
from drivers.telephony import host
from drivers.telephony.board.settings import BoardSettings, NumberSettings, PhoneSettings, TrunkSettings


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("board", help="the processes of one board")
    parser.add_argument("--config", required=True, help="the site's zongji.toml")
    parser.add_argument("--name", required=True, help="which of its [[boards]]")


def settings(loaded: Loaded, board: Board) -> BoardSettings:
    """What this board must know of the configuration."""
    whole = loaded.configuration
    trunks = [
        TrunkSettings(
            name=trunk.name, host=trunk.host, user=trunk.user, password=trunk.password,
            register=trunk.register, match=trunk.match, numbers=trunk.numbers, priority=trunk.priority,
            max_calls=trunk.max_calls, calls_per_second=trunk.calls_per_second, caller_id=trunk.caller_id,
        )
        for trunk in whole.trunks
        if trunk.board == board.name
    ]  # fmt: skip
    return BoardSettings(
        name=board.name,
        channels=board.channels,
        sip_listen=board.sip_listen,
        external_address=board.external_address,
        local_networks=board.local_networks,
        guests=board.guests,
        codecs=board.codecs,
        desk_srtp=board.desk_srtp,
        per_source_limit=board.per_source_limit,
        address=loaded.board_address(board),
        trunks=trunks,
        phones=[PhoneSettings(user=phone.user, password=phone.password) for phone in whole.phones],
        numbers=[_number(row) for row in whole.numbers if row.service],
        test_numbers=whole.test_numbers,
        bench_peer=whole.bench.peer,
        recordings=str(loaded.at(whole.media.recordings)),
        prompts=str(loaded.at(whole.media.prompts)),
        rtp_ports=whole.media.rtp_ports,
        language=whole.site.language,
        dialogs_file=str(loaded.run_folder / f"{board.name}.dialogs"),
    )


def _number(row: Number) -> NumberSettings:
    return NumberSettings(number=row.number, service=row.service)


def run(arguments: argparse.Namespace) -> int:
    loaded = load(arguments.config)
    board = next((row for row in loaded.configuration.boards if row.name == arguments.name), None)
    if board is None:
        known = ", ".join(row.name for row in loaded.configuration.boards)
        raise CommandFailed(f"there is no board “{arguments.name}” in {loaded.path}; there is: {known}")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    loaded.run_folder.mkdir(parents=True, exist_ok=True)
    return host.run(settings(loaded, board))
