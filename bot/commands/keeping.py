"""migrate, keys: keeping the database and its key."""

import asyncio
import base64
from pathlib import Path

import click

from bot.commands.common import Plain, config_option, load_config


@click.command()
@config_option
def migrate(config_path: Path) -> None:
    """Bring the database up to date. `run` does the same at its start."""
    from bot.config import BadConfig
    from bot.configured import master_key
    from storage.database import DatabaseAway
    from storage.secrets import WrongKey
    from storage.store import open_store

    async def work() -> None:
        config = load_config(config_path)
        store = await open_store(config.database.url, master_key(config))
        await store.database.close()

    try:
        asyncio.run(work())
    except (BadConfig, DatabaseAway, WrongKey) as error:
        raise Plain(str(error)) from None
    click.echo("The database is up to date.")


@click.group()
def keys() -> None:
    """The master key that everything personal is sealed with."""


@keys.command("new")
def new() -> None:
    """Print a fresh master key. Keep it where backups of the database are not."""
    from storage.secrets import new_key

    click.echo(base64.b64encode(new_key()).decode())
