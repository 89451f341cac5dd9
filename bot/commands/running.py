"""run, demo, backfill."""

import asyncio
import signal
from datetime import datetime
from pathlib import Path

import click

from bot.commands.common import Plain, config_option, config_options, load_config


@click.command()
@config_options
@click.option("--shadow", is_flag=True, help="Send nothing to customers; only show staff what would be done.")
def run(config_paths: tuple[Path, ...], *, shadow: bool) -> None:
    """Read the mailbox and Slack, remind, and answer, until stopped (Ctrl-C or SIGTERM).

    With several -c several brands, or several mailboxes of one, over one database.
    """
    from bot import logs
    from bot.app import utc_now
    from bot.config import BadConfig
    from bot.process import Process
    from storage.database import DatabaseAway
    from storage.secrets import WrongKey

    configs = [(str(path), load_config(path)) for path in config_paths]
    log = configs[0][1].log
    logs.set_up(log.format, log.level)

    async def work() -> None:
        process = await Process.build(configs, now=utc_now, shadow=shadow)
        for app in process.apps:
            app.open_slack()
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopping.set)
        try:
            await process.start()
            await stopping.wait()
        finally:
            await process.stop()

    try:
        asyncio.run(work())
    except (BadConfig, DatabaseAway, WrongKey) as error:
        raise Plain(str(error)) from None


@click.command()
@click.option("--story", help="Play a story without a browser: its name, all, or list.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port of the page; a free one by default.")
def demo(story: str | None, port: int | None) -> None:
    """Open the loopback town: a mailbox, a Slack and one web page on this machine, and nothing else."""
    from bot.demo.main import run_page, run_stories

    raise SystemExit(run_stories(story) if story else run_page(port))


@click.command()
@config_option
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="From this day on.")
def backfill(config_path: Path, since: datetime) -> None:
    """Read an old mailbox and list the requests that were never answered. Sends and changes nothing."""
    from bot.backfill import look_back

    found = look_back(load_config(config_path), since.date(), click.echo)
    raise SystemExit(1 if found < 0 else 0)
