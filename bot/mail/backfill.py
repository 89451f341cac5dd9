"""Reading an old mailbox from one day on: nothing is marked, moved or remembered."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import date

from bot.mail.fetch import Broke, fetch, find
from bot.mail.imap import Connection
from bot.mail.raw import RawMail
from bot.mail.settings import ImapSettings


def backfill(settings: ImapSettings, since: date) -> Iterator[list[RawMail]]:
    """Mails that arrived on `since` or later, oldest UID first, in small batches, on a read-only connection of its own.

    A mail that breaks the connection is tried again, and in the end handed over without content. Raises Unreachable or
    Refused; it holds no place, so a second call begins anew.
    """
    last, broke = 0, Counter[int]()
    while True:
        try:
            with contextlib.closing(Connection(settings)) as connection:
                selected = connection.select(readonly=True)
                for uids in find(connection, last + 1, selected.uidnext, since):
                    for mails in fetch(connection, settings, selected.uidvalidity, uids, broke):
                        yield mails
                        last = max([last, *(mail.key.uid for mail in mails)])
        except Broke as error:
            broke.update(error.uids)
        else:
            return
