"""An intake that keeps what it is given in memory, can be told to hold, and says when it has enough."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.mail.backoff import Backoff
from bot.mail.mailbox import Mailbox
from bot.mail.raw import Hold, RawMail
from bot.mail.settings import ImapSettings


class Shelf:
    """`mails` in the order of arrival. `troubles` are raised by the next calls of take(), one each."""

    def __init__(self, position: tuple[int, int] | None = None) -> None:
        self.mails: list[RawMail] = []
        self.moves: list[tuple[int, int]] = []
        self.troubles: list[Exception] = []
        self.place = position
        self._grown = threading.Condition()

    def position(self, account: str, mailbox: str) -> tuple[int, int] | None:
        return self.place

    def take(self, mails: list[RawMail]) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        with self._grown:
            self.mails += mails
            self.place = (mails[-1].key.uidvalidity, mails[-1].key.uid)
            self._grown.notify_all()

    def moved(self, account: str, mailbox: str, uidvalidity: int, last_uid: int) -> None:
        self.moves.append((uidvalidity, last_uid))
        self.place = (uidvalidity, last_uid)

    def wait_for(self, count: int) -> list[RawMail]:
        """All mails, once there are `count`."""
        with self._grown:
            assert self._grown.wait_for(lambda: len(self.mails) >= count, 20), f"only {len(self.mails)} of {count}"
        return self.mails

    @property
    def uids(self) -> list[int]:
        return [mail.key.uid for mail in self.mails]


DISK_FULL = Hold("the disk is full: free some space, mail waits on the server")


@contextmanager
def running(port: int, shelf: Shelf, **changes: Any) -> Iterator[Mailbox]:
    """A mailbox at work, without TLS, with waits of milliseconds between its tries."""
    settings: dict[str, Any] = {"user": "support", "password": "secret-of-the-tests", "security": "none"}
    backoff = changes.pop("backoff", Backoff(0.01, 0.05))
    mailbox = Mailbox(ImapSettings("127.0.0.1", port, **{**settings, **changes}), shelf, backoff=backoff)
    mailbox.start()
    try:
        yield mailbox
    finally:
        mailbox.stop()
