"""Taking mails in: what the mailbox's thread hands over is stored raw before anything reads it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient

from bot.desk import Desk
from bot.mail.raw import Hold, RawMail
from storage.database import DatabaseAway
from storage.inbox import TOO_BIG, Incoming

T = TypeVar("T")


class MailboxIntake:
    """What the mailbox's thread hands mails to: it returns when they are durably stored (`bot.mail.raw.Intake`)."""

    def __init__(
        self,
        desk: Desk,
        loop: asyncio.AbstractEventLoop,
        wake: Callable[[], None],
        parked: Callable[[str, str], None] = lambda _id, _reason: None,
    ) -> None:
        """`parked` is told, in the event loop's thread, the mails that were too big to be taken at all."""
        self._desk, self._loop, self._wake, self._parked = desk, loop, wake, parked

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop.is_closed():
            work.close()
            raise Hold("the bot is stopping")
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()
        except DatabaseAway as error:
            raise Hold(str(error)) from error

    def position(self, account: str, mailbox: str) -> tuple[int, int] | None:
        """UIDVALIDITY and the last UID taken."""
        store = self._desk.store
        return self._run(store.database.read(lambda: store.inbox.position(account, mailbox)))

    def take(self, mails: list[RawMail]) -> None:
        """Store a batch and the position with it, in one unit."""
        store = self._desk.store
        incoming = [incoming_of(mail) for mail in mails]
        aside = self._run(store.database.unit(lambda connection: store.inbox.store(connection, incoming)))
        for id_ in aside:
            self._loop.call_soon_threadsafe(self._parked, id_, TOO_BIG)
        self._loop.call_soon_threadsafe(self._wake)

    def moved(self, account: str, mailbox: str, uidvalidity: int, last_uid: int) -> None:
        """Store a first or a new position."""
        store = self._desk.store

        async def work(connection: BaseDBAsyncClient) -> None:
            await store.inbox.set_position(connection, account, mailbox, uidvalidity, last_uid)

        self._run(store.database.unit(work))


def incoming_of(mail: RawMail) -> Incoming:
    """A fetched mail as the inbox stores it."""
    key = mail.key
    return Incoming(key.account, key.mailbox, key.uidvalidity, key.uid, mail.raw, mail.size, mail.received_at)
