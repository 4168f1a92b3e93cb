"""What the web and the runtime work with, opened together by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.configuration import Site
from app.server.ports import Runtime
from app.server.storage.calls import CallStore
from app.server.storage.database import Database
from app.server.storage.listing import RecordLists
from app.server.storage.paper_links import PaperLinks
from app.server.storage.pop import ScreenPop
from app.server.storage.records import RecordStore
from app.server.storage.tasks import TaskList
from app.server.storage.users import UserStore
from app.server.workers import Workers


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """clock: UTC now, POSIX seconds. recordings: the folder `file` of a recording is relative to.

    public_url: how telephones outside reach this server, without a slash at its end; for codes on paper.
    """

    runtime: Runtime
    database: Database
    records: RecordStore
    lists: RecordLists
    calls: CallStore
    tasks: TaskList
    users: UserStore
    pop: ScreenPop
    paper_links: PaperLinks
    workers: Workers
    clock: Callable[[], float]
    site: Site = field(default_factory=Site)
    recordings: Path = Path("recordings")
    version: str = "0.1.0"
    public_url: str = ""


def open_services(
    runtime: Runtime, database: Database, workers: Workers, *, clock: Callable[[], float],
    site: Site, recordings: Path, version: str = "0.1.0", public_url: str = "",
) -> Services:  # fmt: skip
    """Everything over one database (already prepared, see `storage.growing.prepare`)."""
    return Services(
        runtime=runtime, database=database, workers=workers, clock=clock, site=site, recordings=recordings,
        version=version, public_url=public_url.rstrip("/"), paper_links=PaperLinks(database),
        records=RecordStore(database, clock=clock, time_zone=site.time_zone, notify=runtime.record_changed),
        lists=RecordLists(database, site.country), calls=CallStore(database, site.country), tasks=TaskList(database, site.country),
        users=UserStore(database, clock=clock), pop=ScreenPop(database, clock=clock, country=site.country),
    )  # fmt: skip
