"""The town's IMAP server: pymap in memory, taught to keep keyword flags, with faults on demand."""

import asyncio
import contextlib
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.concurrent import Subsystem
from pymap.flags import FlagOp
from pymap.imap import IMAPServer
from pymap.interfaces.message import CachedMessage
from pymap.mailbox import MailboxSnapshot
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag, Wildcard, get_system_flags
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

Told = Callable[[str], None]


@dataclass(frozen=True)
class StoredMail:
    """A mail as it lies in a mailbox; `flags` as in IMAP (`\\Seen`, `$keyword`)."""

    uid: int
    raw: bytes
    flags: frozenset[str]
    at: datetime


class _Snapshot(MailboxSnapshot):
    """FLAGS lists the keywords in use, never the wildcard: that is for PERMANENTFLAGS alone (RFC 3501 7.2.6)."""

    keywords: frozenset[Flag] = frozenset()

    @property
    def flags(self) -> frozenset[Flag]:
        return frozenset((super().flags | self.keywords) - {Wildcard})


class Folder(MailboxData):
    """pymap's mailbox with keyword flags allowed, raw bytes for the town to read, and word of every change."""

    def __init__(self, of: "Folders", name: str) -> None:
        super().__init__(of._content_cache, of._thread_cache)
        self._of, self._name = of, name

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return super().permanent_flags | {Wildcard}

    def _tell(self) -> None:
        self._of.told(self._name)

    def forget_uids(self) -> None:
        """A new UIDVALIDITY, as after a server was restored from a backup; clients see it when they select again."""
        self._uid_validity += 1

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        message = await super().append(append_msg, recent=recent)
        assert message._content is not None
        # pymap gives back bytes of its own for mail without a header or without a body
        message._content._raw = memoryview(append_msg.literal)
        self._tell()
        return message

    async def update(self, uid: int, cached_msg: CachedMessage, flag_set: frozenset[Flag], mode: FlagOp) -> Message:
        message = await super().update(uid, cached_msg, flag_set, mode)
        self._tell()
        return message

    async def delete(self, uids: Iterable[int]) -> None:
        await super().delete(uids)
        self._tell()

    async def snapshot(self) -> MailboxSnapshot:
        plain = await super().snapshot()
        snapshot = _Snapshot(
            plain.mailbox_id,
            plain.readonly,
            plain.uid_validity,
            plain.permanent_flags,
            plain.session_flags,
            plain.exists,
            plain.recent,
            plain.unseen,
            plain.first_unseen,
            plain.next_uid,
        )
        used = frozenset(flag for message in self._messages.values() for flag in message.permanent_flags)
        snapshot.keywords = used - get_system_flags()
        return snapshot

    async def copy(self, uid: int, destination: MailboxData, *, recent: bool = False) -> int | None:
        there = await super().copy(uid, destination, recent=recent)
        self._tell()
        return there

    async def move(self, uid: int, destination: MailboxData, *, recent: bool = False) -> int | None:
        there = await super().move(uid, destination, recent=recent)
        self._tell()
        return there

    def stored(self) -> list[StoredMail]:
        """Oldest first."""
        return [_stored(message) for message in self._messages.values()]

    async def mark(self, uid: int, flags: Iterable[str], op: FlagOp = FlagOp.ADD) -> None:
        """Sets or takes flags as another reader of the mailbox would. Raises KeyError where there is no such mail."""
        await self.update(uid, self._messages[uid], frozenset(Flag(flag) for flag in flags), op)


def _stored(message: Message) -> StoredMail:
    assert message._content is not None
    flags = frozenset(str(flag) for flag in message.permanent_flags)
    return StoredMail(message.uid, bytes(message._content), flags, message.internal_date)


class Folders(MailboxSet):
    """One person's folders; INBOX is always there."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told
        self._inbox = Folder(self, "INBOX")

    async def add_mailbox(self, name: str) -> ObjectId:
        async with self._set_lock.write_lock():
            if name in self._set:
                raise ValueError(name)
            self._set[name] = folder = Folder(self, name)
            return folder.mailbox_id

    @property
    def names(self) -> list[str]:
        return ["INBOX", *self._set]

    def folder(self, name: str) -> Folder:
        """Raises KeyError where there is no such folder."""
        folder = self._inbox if name.upper() == "INBOX" else self._set[name]
        assert isinstance(folder, Folder)
        return folder


class ImapDoor:
    """The listening server. `port` stays the same through `close` and `open`."""

    def __init__(self, told: Callable[[str, str], None]) -> None:
        self.port = 0
        self._told = told
        self._config = Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host="127.0.0.1",
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            invalid_user_sleep=0,
            # the town's passwords are no secrets, and hashing them would cost 0.1 s each
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        self._login = Login(self._config)
        self._imap = IMAPServer(self._login, self._config)
        self._server: asyncio.Server | None = None
        self._lines: dict[asyncio.Task[None], _Line] = {}
        self._muted = False

    def add(self, user: str, password: str) -> None:
        """Opens a mailbox, empty unless it was there before."""
        self._login.users_dict[user] = UserMetadata(self._config, user, password=password)
        if user not in self._config.set_cache:
            self._config.set_cache[user] = (Folders(lambda name: self._told(user, name)), FilterSet())

    def remove(self, user: str) -> None:
        del self._login.users_dict[user]
        del self._config.set_cache[user]

    def folders(self, user: str) -> Folders:
        """Raises KeyError where there is no such user."""
        folders = self._config.set_cache[user][0]
        assert isinstance(folders, Folders)
        return folders

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._arrived, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuses new connections and cuts the open ones."""
        if self._server is None:
            return
        self._server.close()
        await self.drop()
        await self._server.wait_closed()
        self._server = None

    @property
    def connections(self) -> int:
        return len(self._lines)

    async def drop(self, bye: bool = False) -> None:
        """Ends every open connection, with BYE or (as when a cable is cut) without a word."""
        lines = dict(self._lines)
        for task, line in lines.items():
            if not bye:
                line.transport.abort()
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    def mute(self) -> None:
        """From now on every line, old and new, stays open and says nothing, until `unmute` (a dead socket)."""
        self._muted = True

    def unmute(self) -> None:
        """New connections are answered again; those that were muted stay dead, for what they missed is lost."""
        self._muted = False
        for line in self._lines.values():
            line.dead = line.dead or line.lost

    def is_muted(self) -> bool:
        return self._muted

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = _Line(self, reader, writer)
        task = asyncio.create_task(self._serve(reader, line))
        self._lines[task] = line
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._lines[task]

    async def _serve(self, reader: asyncio.StreamReader, line: "_Line") -> None:
        # a client that vanishes in the middle of a literal is no error of the town
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._imap(reader, line, SocketInfoLocal(line.transport))


class _Line(asyncio.StreamWriter):
    """The server's end of one connection, which can be made to fall silent."""

    def __init__(self, door: ImapDoor, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(writer.transport, writer.transport.get_protocol(), reader, asyncio.get_running_loop())
        self._door = door
        self._writer = writer  # Python 3.13 closes the connection when this is collected
        self.lost = False
        self.dead = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.dead or self._door.is_muted():
            self.lost = True
        else:
            super().write(data)
