"""check: try everything the bot needs, and say in words what is wrong and how to fix it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands.common import Plain, config_options, load_config
from bot.config import BadConfig, Config
from bot.configured import house_of, imap_settings, master_key, policy_of, smtp_settings
from bot.mail.probe import probe_imap, probe_smtp

AUTHSERV = (
    "WARNING: mailbox.authserv_id is not set, so forged senders aren't told apart: who writes in another's name is "
    "answered (the code still goes to that other's own mailbox, never to the writer). To set it: open a mail that came "
    "from outside, show its source, and find the topmost “Authentication-Results:” line that stands above your own "
    "server's “Received:” line. Its first word, up to the “;”, is the name (often the server's own: mx.example.com). "
    "If there is no such line, your receiving server does not check SPF, DKIM and DMARC: have it do so, and make it "
    "remove lines of that name that come from outside (RFC 8601, section 5)."
)
"""What `check` says until the receiving server's name is known."""

Probe = Callable[[Config], Coroutine[None, None, list[str]]]


@click.command()
@config_options
def check(config_paths: tuple[Path, ...]) -> None:
    """Try IMAP, SMTP, Slack, database, policy file and letters. Exit code 1 if anything must be fixed."""
    from bot.together import check_together

    configs, problems = [(str(path), load_config(path)) for path in config_paths], 0
    try:
        check_together(configs)
    except BadConfig as error:
        raise Plain(str(error)) from None
    for name, config in configs:
        click.echo(f"{name}: read")
        problems += asyncio.run(all_probes(config))
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
        found.append(AUTHSERV)
    if config.directory.csv is None and not config.directory.url:
        found.append("no [directory]: a letter about another address than the sender's always waits for a person.")
    if config.smtp.envelope_from is None:
        found.append(
            "smtp.envelope_from is not set: absence notes about our letters come back to smtp.from_address. An address "
            "of its own that answers nobody, and whose mail also lands in the mailbox, is best."
        )
    if config.company.policy_file is None:
        found.append("company.policy_file is not set: every question goes to a person.")
    if not config.processors:
        found.append("no [[processors]]: each approved request gives one task for your own records only.")
    if not config.slack.approvers:
        found.append("slack.approvers is empty: every full member of the workspace may approve.")
    return found
