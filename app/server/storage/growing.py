"""Brings the database to what this release needs: Alembic for the fixed tables, descriptions for records."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Table, inspect
from sqlalchemy.schema import CreateColumn

from app.server.storage import tables
from app.server.storage.database import Database

_MIGRATIONS = Path(__file__).with_name("migrations")


async def prepare(database: Database) -> None:
    """Make or upgrade every table; safe to run at each start."""
    async with database.write() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    for table in tables.RECORD_TABLES.values():
        _grow(connection, table)


def _grow(connection: Connection, table: Table) -> None:
    here = inspect(connection)
    if not here.has_table(table.name):
        table.create(connection)
        _make_searchable(connection, table.name)
        return
    existing = {column["name"] for column in here.get_columns(table.name)}
    for column in table.columns:
        if column.name not in existing:
            definition = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD COLUMN {definition}')
    indexed = {index["name"] for index in here.get_indexes(table.name)}
    for index in table.indexes:
        if index.name not in indexed:
            index.create(connection)


def _make_searchable(connection: Connection, name: str) -> None:
    """A full-text index over the column `words`, kept by the database itself."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(
            f"CREATE INDEX {name}_words ON {name} USING gin (array_to_tsvector(string_to_array(words, ' ')))"
        )
        return
    take = f"INSERT INTO {name}_search({name}_search, rowid, words) VALUES ('delete', old.row, old.words);"
    give = f"INSERT INTO {name}_search(rowid, words) VALUES (new.row, new.words);"
    for statement in (
        f"CREATE VIRTUAL TABLE {name}_search USING fts5(words, content='{name}', content_rowid='row', detail=none)",
        f"CREATE TRIGGER {name}_search_insert AFTER INSERT ON {name} BEGIN {give} END",
        f"CREATE TRIGGER {name}_search_delete AFTER DELETE ON {name} BEGIN {take} END",
        f"CREATE TRIGGER {name}_search_update AFTER UPDATE OF words ON {name} BEGIN {take} {give} END",
    ):
        connection.exec_driver_sql(statement)
