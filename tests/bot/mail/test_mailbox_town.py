"""The mail doors at the loopback town's own servers: what `make demo` and every machine without Dovecot live on."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.demo.servers.mail import ANNA, PEOPLE, SUPPORT, MailTown
from bot.mail.settings import SmtpSettings
from bot.mail.smtp import Outbound
from bot.ports import LettersIn
from tests.bot.mail.shelf import Shelf, running

LETTER = f"From: {ANNA}\r\nTo: {SUPPORT}\r\nSubject: my data\r\n\r\nhello\r\n".encode()


@pytest.fixture
async def town() -> AsyncIterator[MailTown]:
    async with MailTown() as town:
        yield town


async def nothing() -> None:
    pass


@pytest.mark.parametrize("poll_ms", [None, 20])
async def test_letters_sent_by_smtp_are_taken_marked_and_left_unread(town: MailTown, poll_ms: int | None) -> None:
    shelf, door = Shelf(), Outbound(SmtpSettings("127.0.0.1", town.smtp_port, ANNA, security="none"))
    login = {"user": SUPPORT, "password": PEOPLE[SUPPORT], "poll_ms": poll_ms}
    with running(town.imap_port, shelf, **login) as mailbox:
        for number in range(1, 4):
            await door.send(LETTER, recipient=SUPPORT, before_body=nothing)
            await asyncio.to_thread(shelf.wait_for, number)
        door_in: LettersIn = mailbox
        door_in.mark([shelf.mails[0].key])
        stored = await town.changes.until(
            lambda: [mail for mail in town.mailbox(SUPPORT) if "$RightsDesk" in map(str, mail.flags)]
        )
        await asyncio.to_thread(mailbox.stop)
    assert [mail.uid for mail in stored] == [shelf.uids[0]]
    assert not any("Seen" in str(mail.flags) for mail in town.mailbox(SUPPORT))
    assert all((mail.raw or b"").endswith(b"hello\r\n") for mail in shelf.mails)
    assert mailbox.state.connects == 1
    await door.close()


async def test_dropped_by_the_server_the_mailbox_comes_back_without_losing_mail(town: MailTown) -> None:
    shelf = Shelf()
    with running(town.imap_port, shelf, user=SUPPORT, password=PEOPLE[SUPPORT]) as mailbox:
        for number in range(1, 5):
            await town.deliver(LETTER, to=SUPPORT)
            await asyncio.to_thread(shelf.wait_for, number)
            await town.imap.drop(bye=number % 2 == 0)
        await asyncio.to_thread(mailbox.stop)
    assert shelf.uids == sorted(set(shelf.uids))
    assert len(shelf.uids) == 4
