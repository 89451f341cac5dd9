"""Two brands in a town of mail: each with its mailbox, its staff and its own words."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bot.app import App, utc_now
from bot.config import Config
from bot.demo.servers.mail import MailTown
from bot.process import Process
from storage.models import TicketRow
from tests.journeys.impostor.town import CODE, Staff, config

ANNA = "anna@kundin.example"
NORTH, SOUTH, PRIVACY = "help@north.example", "help@south.example", "privacy@north.example"
DELETE = "Please delete all the personal data that you hold about me."
SECONDS = 60


def brand(folder: Path, town: MailTown, name: str, mailbox: str = "", **mailbox_changes: Any) -> Config:
    """The configuration of a brand that writes from help@<name>.example, and reads there or at `mailbox`."""
    address = f"help@{name}.example"
    server = {"host": "127.0.0.1", "security": "none", "password": "post"}
    return config(
        folder,
        company={"name": f"{name.title()} Ltd", "brand": name, "postal_address": "1 Main Street", "contact": address},
        mailbox={**server, "port": town.imap_port, "user": mailbox or address, **mailbox_changes},
        smtp={**server, "port": town.smtp_port, "user": address, "from_name": name, "from_address": address},
    )


@asynccontextmanager
async def running(*configs: Config) -> AsyncIterator[Process]:
    """One process with a stub of a Slack for each configuration."""
    process = await Process.build([(f"{n}.toml", each) for n, each in enumerate(configs)], now=utc_now)
    for app in process.apps:
        app.staff = Staff()
    await process.start()
    try:
        yield process
    finally:
        await process.stop()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not true():
            await asyncio.sleep(0.02)


async def until_so(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await true():
            await asyncio.sleep(0.05)


def letters(town: MailTown, address: str, sender: str = "") -> list[EmailMessage]:
    """What somebody got, from one address where it is named."""
    found = [email.message_from_bytes(each.raw, policy=email.policy.default) for each in town.mailbox(address)]
    return [each for each in found if sender in str(each["From"])]


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def code_in(letter: EmailMessage) -> str:
    found = CODE.search(text_of(letter))
    assert found is not None
    return found[0]


async def brands_of(app: App) -> dict[int, str]:
    """Every ticket of the database, with whose it is."""
    rows = await app.store.database.read(lambda: TicketRow.all().only("number", "brand"))
    return {row.number: row.brand for row in rows}
