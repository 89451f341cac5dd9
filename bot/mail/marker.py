"""Showing people which mails are ours: a keyword, and a folder if so configured. No other mail is touched."""

from collections.abc import Iterable

from bot.mail.imap import Connection, Selected
from bot.mail.raw import MailKey
from bot.mail.settings import ImapSettings
from bot.ports import Refused


class Marker:
    """For one connection. What the server refuses is asked once; `trouble` then says so in a sentence, else None."""

    def __init__(self, connection: Connection, settings: ImapSettings, selected: Selected) -> None:
        self._connection, self._settings, self._validity = connection, settings, selected.uidvalidity
        self._flags, self._folder = selected.keywords, settings.move_to
        self.trouble: str | None = None
        if not self._flags:
            self.trouble = f"the server keeps no keyword {settings.keyword} in this mailbox: our mails are not marked"
        if self._folder is not None and not connection.has_move:
            self._folder, self.trouble = None, "the server cannot move mail (no MOVE): our mails stay where they are"

    def mark(self, keys: Iterable[MailKey]) -> int:
        """How many were marked. Keys from before the server numbered its mails anew name other mails: passed over."""
        uids = sorted({key.uid for key in keys if key.uidvalidity == self._validity})
        if not uids:
            return 0
        if self._flags:
            try:
                self._connection.flag(uids, self._settings.keyword)
            except Refused as refused:
                self._flags, self.trouble = False, str(refused)
        if self._folder is not None:
            try:
                self._connection.move(uids, self._folder)
            except Refused as refused:
                self._folder, self.trouble = None, str(refused)
        return len(uids)
