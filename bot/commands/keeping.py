"""migrate, keys, purge, backup, restore: keeping the database and its key."""

import asyncio
import base64
import binascii
from collections.abc import Coroutine
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.commands.common import NUMBER, Plain, config_option, load_config
from bot.config import BadConfig, Config
from bot.configured import keep_of, ledger_file, master_key
from storage import backup, restore, retention, rotation
from storage.database import Database, DatabaseAway
from storage.ledger import Ledger
from storage.retention import Purged
from storage.secrets import Keeper, WrongKey, new_key
from storage.store import open_store

T = TypeVar("T")
EXPECTED = (BadConfig, DatabaseAway, WrongKey, backup.BadBackup, restore.NotEmpty, OSError)

older_option = click.option(
    "--older-key",
    "older_files",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    multiple=True,
    help="A file with a master key in use before. May be given several times.",
)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; every expected failure is a plain error."""
    try:
        return asyncio.run(work)
    except EXPECTED as error:
        raise Plain(str(error)) from None


def ledger_of(config: Config) -> Ledger:
    """The ledger of the configuration."""
    return Ledger(ledger_file(config))


def older_keys(files: tuple[Path, ...]) -> tuple[bytes, ...]:
    """Master keys out of files, or a plain error that names the file."""
    keys = []
    for file in files:
        try:
            key = base64.b64decode(file.read_text(encoding="ascii").strip(), validate=True)
        except (OSError, ValueError, binascii.Error):
            key = b""
        if len(key) != 32:
            raise Plain(f"{file}: holds no master key (32 bytes in base64)")
        keys.append(key)
    return tuple(keys)


@click.command()
@config_option
def migrate(config_path: Path) -> None:
    """Bring the database up to date. `run` does the same at its start."""

    async def work() -> None:
        config = load_config(config_path)
        store = await open_store(config.database.url, master_key(config))
        await store.database.close()

    run(work())
    click.echo("The database is up to date.")


@click.group()
def keys() -> None:
    """The master key that everything personal is sealed with."""


@keys.command("new")
def new() -> None:
    """Print a fresh master key. Keep it where backups of the database are not."""
    click.echo(base64.b64encode(new_key()).decode())


@keys.command("rotate")
@config_option
@older_option
def rotate(config_path: Path, older_files: tuple[Path, ...]) -> None:
    """Wrap every key with the configured, new master key. Stop the bot first; may be broken off and called again."""
    if not older_files:
        raise click.UsageError("the configured master key is the new one; name the file of the old one by --older-key")
    older = older_keys(older_files)

    async def work() -> rotation.Rewrapped:
        config = load_config(config_path)
        store = await open_store(config.database.url, master_key(config), older=older)
        try:
            return await rotation.rotate(store, datetime.now(UTC))
        finally:
            await store.database.close()

    done = run(work())
    click.echo(f"Wrapped anew: {done.tickets} tickets, {done.mails} mails, {done.own} keys of our own.")
    click.echo("The old key opens nothing here any more; backups made under it still need it.")


@click.command()
@config_option
@click.option("--dry-run", "dry", is_flag=True, help="Only count; works while the bot runs.")
@click.option("--ticket", "numbers", type=NUMBER, multiple=True, help="Purge this closed ticket, whatever its age.")
def purge(config_path: Path, *, dry: bool, numbers: tuple[int, ...]) -> None:
    """Destroy what was kept long enough, keys first. The running bot does the same once a day."""
    if dry and numbers:
        raise click.UsageError("--dry-run and --ticket do not go together")

    async def work() -> Purged:
        config, now = load_config(config_path), datetime.now(UTC)
        store = await open_store(config.database.url, master_key(config), writing=not dry)
        try:
            if not numbers:
                return await retention.purge(store, ledger_of(config), keep_of(config), now, dry=dry)
            done = await retention.purge_tickets(store, ledger_of(config), numbers, now)
            await retention.wipe(store)
            return Purged(tickets=done)
        finally:
            await store.database.close()

    done = run(work())
    for each in fields(done):
        click.echo(f"{getattr(done, each.name):>8}  {each.name}")
    if numbers and done.tickets < len(set(numbers)):
        raise Plain("not every ticket was purged: open, unknown and purged ones are left alone")


@click.command("backup")
@config_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_command(config_path: Path, file: Path) -> None:
    """Write an encrypted backup, also while the bot runs. It opens with the master key only: keep that apart."""

    async def work() -> int:
        config = load_config(config_path)
        store = await open_store(config.database.url, master_key(config), writing=False)
        try:
            return await backup.write(store, file, datetime.now(UTC))
        finally:
            await store.database.close()

    rows = run(work())
    click.echo(f"{rows} rows, {file.stat().st_size} bytes: {file}")


@click.command("restore")
@config_option
@older_option
@click.option("--force", is_flag=True, help="Replace what is in the database now.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore_command(config_path: Path, file: Path, older_files: tuple[Path, ...], *, force: bool) -> None:
    """Fill the database from a backup, without bringing back what was purged since. Stop the bot first."""
    older = older_keys(older_files)

    async def work() -> restore.Restored:
        config = load_config(config_path)
        keeper = Keeper(master_key(config), b"", older)
        database = Database(config.database.url)
        await database.open()
        try:
            return await restore.restore(database, keeper, file, ledger_of(config), datetime.now(UTC), force=force)
        finally:
            await database.close()

    done = run(work())
    click.echo(f"{done.rows} rows, {done.tickets} tickets; {done.purged} of them were purged since and stay so.")
    if done.held:
        click.echo(f"{done.held} letters may have gone out since the backup: see `rightsdesk outbox`.")
    if older:
        click.echo("Now `rightsdesk keys rotate` with the same --older-key.")
