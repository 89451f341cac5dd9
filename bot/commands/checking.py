"""check: try everything the bot needs, and say in words what is wrong and how to fix it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands.common import config_option, load_config
from bot.config import BadConfig, Config
from bot.configured import house_of, imap_settings, master_key, policy_of, smtp_settings
from bot.mail.probe import probe_imap, probe_smtp

Probe = Callable[[Config], Coroutine[None, None, list[str]]]


@click.command()
@config_option
def check(config_path: Path) -> None:
    """Try IMAP, SMTP, Slack, database, policy file and letters. Exit code 1 if anything must be fixed."""
    config = load_config(config_path)
    click.echo(f"{config_path}: read")
    problems = asyncio.run(all_probes(config))
    for hint in hints(config):
        click.echo(f"note      {hint}")
    raise SystemExit(1 if problems else 0)


async def all_probes(config: Config) -> int:
    """Run every probe and print its result; returns how many found something."""
    probes: dict[str, Probe] = {
        "IMAP": imap,
        "SMTP": smtp,
        "Slack": slack,
        "database": database,
        "policy": policy,
        "letters": letters,
    }
    wrong = 0
    for name, probe in probes.items():
        found = await probe(config)
        wrong += bool(found)
        click.echo(f"{'FIX' if found else 'ok':<9} {name}")
        for line in found:
            click.echo(f"          {line}")
    return wrong


async def imap(config: Config) -> list[str]:
    """The mailbox."""
    return await asyncio.to_thread(probe_imap, imap_settings(config, datetime.now(UTC).date()))


async def smtp(config: Config) -> list[str]:
    """The sending server."""
    return await probe_smtp(smtp_settings(config))


async def slack(config: Config) -> list[str]:
    """The staff's Slack."""
    from bot.slack.socket import probe

    return await probe(config.slack)


async def database(config: Config) -> list[str]:
    """The database and its key."""
    from storage.database import DatabaseAway
    from storage.secrets import WrongKey
    from storage.store import open_store

    try:
        store = await open_store(config.database.url, master_key(config))
        await store.database.close()
    except (DatabaseAway, WrongKey, BadConfig) as error:
        return [str(error)]
    return []


async def policy(config: Config) -> list[str]:
    """The policy that questions are answered from."""
    try:
        found = policy_of(config)
    except BadConfig as error:
        return [str(error)]
    if found is None:
        return []
    return [] if found.answer("what data do you collect?").passages else ["The policy file holds no sentence."]


async def letters(config: Config) -> list[str]:
    """Whether the configuration fills every answer: a missing fact is found here, not when the answer is due."""
    from bot.rehearsal import unfilled

    return unfilled(house_of(config))


def hints(config: Config) -> list[str]:
    """What works but could be better."""
    found = []
    if config.mailbox.authserv_id is None:
        found.append(
            "mailbox.authserv_id is not set: the receiving server's verdict on senders (SPF, DKIM, DMARC) is not used. "
            "Look for the first word after “Authentication-Results:” in a mail you received, and set it to that."
        )
    if config.company.policy_file is None:
        found.append("company.policy_file is not set: every question goes to a person.")
    if not config.processors:
        found.append("no [[processors]]: each approved request gives one task for your own records only.")
    if not config.slack.approvers:
        found.append("slack.approvers is empty: every full member of the workspace may approve.")
    return found
