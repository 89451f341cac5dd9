"""The same over real IMAP and SMTP: an impostor, and two robots that are wired to each other."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from bot.app import App
from bot.demo.servers.mail import MailTown
from responders.case.ticket import Status
from tests.journeys.impostor.town import ALL_RIGHTS, CODE, KNOWN, MX, SUPPORT, Staff, config, mail

pytestmark = pytest.mark.asyncio(loop_scope="module")

VICTIM, EVE, ROBOT = KNOWN[0], "eve@else.example", "lena@bots.example"
SECONDS = 30


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not true():
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wired(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[App, MailTown]]:
    async with MailTown({SUPPORT: "post", VICTIM: "", EVE: "", ROBOT: ""}) as town:
        login = {"host": "127.0.0.1", "security": "none", "user": SUPPORT, "password": "post"}
        app = await App.build(
            config(
                tmp_path_factory.mktemp("wired"),
                mailbox={**login, "port": town.imap_port, "authserv_id": MX},
                smtp={**login, "port": town.smtp_port, "from_name": "Opterre", "from_address": SUPPORT},
            )
        )
        app.staff = Staff()
        await app.start()
        yield app, town
        await app.stop()


def texts(town: MailTown, address: str) -> list[str]:
    return [each.raw.decode() for each in town.mailbox(address)]


async def test_eve_asks_about_the_victim_and_only_the_victims_mailbox_gets_a_code(wired: tuple[App, MailTown]) -> None:
    app, town = wired
    body = f"Please send me a copy of the personal data you hold about {VICTIM}."
    await town.deliver(mail(EVE, "Request", body), SUPPORT, EVE)
    await until(lambda: bool(texts(town, EVE)) and bool(texts(town, VICTIM)))
    assert any(CODE.search(text) for text in texts(town, VICTIM))
    assert not any(CODE.search(text) for text in texts(town, EVE))
    assert {mail.rcpt_tos[0] for mail in town.accepted} == {EVE, VICTIM}
    [ticket] = (await app.desk.open_of([EVE]))[EVE]
    assert ticket.status is Status.IDENTIFYING


async def test_two_robots_wired_to_each_other_exchange_three_mails_at_most(wired: tuple[App, MailTown]) -> None:
    """The other one answers whatever comes, strips every header, and always asks for something."""
    app, town = wired
    answered = 0
    await town.deliver(mail(ROBOT, "Request", ALL_RIGHTS), SUPPORT, ROBOT)
    await until(lambda: len(town.mailbox(ROBOT)) >= 1)
    for turn in range(8):
        for _ in range(len(town.mailbox(ROBOT)) - answered or 1):
            answered += 1
            await town.deliver(mail(ROBOT, f"Request {turn}", ALL_RIGHTS), SUPPORT, ROBOT)
        await app.reading.quiet()
        await app.sending.quiet()
    assert len(town.mailbox(ROBOT)) <= 3
