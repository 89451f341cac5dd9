"""The app: builds every part of one brand's mailbox once. Which process runs it, with others or alone, is `process`."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot.breach import BreachDesk
from bot.clock import Clock, Job
from bot.config import Config
from bot.configured import (
    account_of,
    house_of,
    imap_settings,
    keep_of,
    ledger_file,
    limits_of,
    master_key,
    policy_of,
    smtp_settings,
)
from bot.deliver import MAIL_KINDS, STAFF_KINDS, Deliverer, Identity
from bot.desk import Desk
from bot.digest import Digests
from bot.directory import directory_of
from bot.grouped import Grouped
from bot.housekeeping import Housekeeping, LongHeld
from bot.intake import Reader, quoted
from bot.loops import Loop, Loops
from bot.mail.mailbox import Mailbox
from bot.mail.parsing import ParserPool
from bot.mail.raw import MailKey
from bot.mail.smtp import Outbound
from bot.ports import ChatRoom, LettersOut, Refused, StaffRoom, Unreachable
from bot.process import Process
from bot.saving import Saver
from bot.taking import MailboxIntake
from intents.policy import Policy
from intents.reader import read_letter
from intents.reading import Reading
from storage.counters import first_start
from storage.database import DatabaseAway
from storage.ledger import Ledger
from storage.store import Store, open_store
from storage.wake import INBOX

if TYPE_CHECKING:
    from bot.slack.door import SlackDoor

TICK_SECONDS = 30.0
IDLE_SECONDS = 5.0
_log = structlog.get_logger("app")


def utc_now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


@dataclass
class App:
    """Every part, built and wired; `store` is the brand's view of it. `staff` and `chat` are set by whoever knows which
    they are, before `start`."""

    config: Config
    store: Store
    desk: Desk
    reader: Reader
    letters: LettersOut
    policy: Policy | None
    now: Callable[[], datetime]
    staff: StaffRoom | None = None
    chat: ChatRoom | None = None
    mailbox: Mailbox | None = None
    letting_out: Deliverer | None = None
    telling: Deliverer | None = None
    reading: Loop = field(init=False)
    sending: Loop = field(init=False)
    showing: Loop = field(init=False)
    delivering: Loops = field(init=False)
    clock: Clock = field(init=False)
    process: Process = field(init=False)
    slack: "SlackDoor | None" = None
    _marked: Grouped[MailKey] = field(init=False)
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    async def build(
        cls,
        config: Config,
        *,
        now: Callable[[], datetime] = utc_now,
        shadow: bool = False,
        whole: Store | None = None,
        beside: Sequence[Config] = (),
    ) -> "App":
        """Open the database, unless `whole` is it, and wire the parts. What comes from the addresses of those `beside`
        is as little a customer's letter as our own. Raises BadConfig, DatabaseAway, WrongKey."""
        policy, house = policy_of(config), house_of(config)
        own = house.own_addresses.union(*(house_of(each).own_addresses for each in beside))
        house = replace(house, own_addresses=own)
        whole = whole or await open_store(config.database.url, master_key(config))
        store = whole.of(config.company.brand, account_of(config))
        app: App
        saver = Saver(store, house, limits_of(config), shadow, config.limits.neutral_delay)
        desk = Desk(store, saver, house, now, lambda: app.wake())  # noqa: PLW0108 - app is bound below
        reader = Reader(
            desk,
            ParserPool(authserv_id=config.mailbox.authserv_id, understanding=True),
            read_letter,
            policy,
            lambda places: app.mark(places),  # noqa: PLW0108
            lambda id_, reason: app.announce(f"A mail was parked (`rightsdesk parked`, {id_[:8]}): {reason}"),
            directory_of(config.directory, store.keeper),
        )
        app = cls(config, store, desk, reader, Outbound(smtp_settings(config)), policy, now)
        return app

    def __post_init__(self) -> None:
        self.reading = Loop("reading", self.reader.run_once, idle=IDLE_SECONDS, trouble=self.announce)
        # a loop of its own each: letters must not wait for a slow Slack
        self.sending = Loop("letters", self._letters, idle=IDLE_SECONDS, trouble=self.announce)
        self.showing = Loop("staff", self._tell, idle=IDLE_SECONDS, trouble=self.announce)
        self.delivering = Loops(self.sending, self.showing)
        self.clock = self.new_clock()
        self.process = Process((self,))
        self._marked = Grouped(self._write_marks)

    def new_clock(self) -> Clock:
        """The clock's jobs, not yet begun."""
        digests = Digests(self.desk, self.config.times.digest_when_empty)
        ledger = Ledger(ledger_file(self.config))
        housekeeping = Housekeeping(self.store, ledger, keep_of(self.config), self.now)
        jobs: dict[str, tuple[float, Job]] = {
            "look again": (TICK_SECONDS, self.desk.tick),
            "digest": (TICK_SECONDS, digests.tick),
            "breaches": (TICK_SECONDS, BreachDesk(self.desk).tick),
            "housekeeping": (TICK_SECONDS, housekeeping.tick),
            "held": (TICK_SECONDS, LongHeld(self.store, self.now, self.desk.wake).tick),
        }
        return Clock(jobs)

    def open_slack(self, *, seconds: Callable[[], float] = time.monotonic, ping_interval: float = 10.0) -> "SlackDoor":
        """Build Slack's doors as configured; `start` connects them. Imported here: Slack is half of all imports."""
        from bot.slack.door import open_door

        self.slack = open_door(
            self.config.slack,
            self.desk,
            now=self.now,
            read=read_letter,
            answer=self.answer,
            seconds=seconds,
            ping_interval=ping_interval,
        )
        self.staff, self.chat = self.slack.staff, self.slack.chat
        return self.slack

    def answer(self, reading: Reading) -> str:
        """The policy's own words that answer a question; "" where no match is clear."""
        return quoted(self.policy, reading) if self.policy is not None else ""

    async def _letters(self) -> int:
        return await self.letting_out.run_once() if self.letting_out else 0

    async def _tell(self) -> int:
        return await self.telling.run_once() if self.telling else 0

    @property
    def brand(self) -> str:
        """The brand's short name, "" of the only one."""
        return self.config.company.brand

    async def start(self, *, mail: bool = True) -> None:
        """Run it alone: see `Process.start`."""
        await self.process.start(mail=mail)

    async def stop(self) -> None:
        """See `Process.stop`."""
        await self.process.stop()

    def open_doors(self) -> None:
        """Know by whom letters and cards go out."""
        if self.staff is None:
            raise RuntimeError("no staff room")
        sender = Identity(self.config.smtp.from_name, self.config.smtp.from_address)
        doors = (self.desk, self.letters, self.staff, self.chat, sender, self.now)
        self.letting_out, self.telling = Deliverer(*doors, kinds=MAIL_KINDS), Deliverer(*doors, kinds=STAFF_KINDS)

    def wake(self) -> None:
        """There is something to deliver; of several mailboxes of a brand one app delivers for all."""
        for app in self.process.apps:
            if app.brand == self.brand:
                app.delivering.wake()

    def woken(self, what: str) -> None:
        """Another process, or this one, has written work."""
        (self.reading if what == INBOX else self.delivering).wake()

    async def open_mailbox(self) -> None:
        """Watch the mailbox; what it finds is stored, then read."""
        self._in_background(self.reader.pool.warm())  # ready before the first mail comes
        loop = asyncio.get_running_loop()
        intake = MailboxIntake(self.desk, loop, self.reading.wake, self.reader.parked)
        first_day = await self.store.database.unit(lambda c: first_start(c, account_of(self.config), self.now().date()))

        def marked(keys: list[MailKey]) -> None:
            loop.call_soon_threadsafe(self._in_background, self._were_marked(keys))

        self.mailbox = Mailbox(imap_settings(self.config, first_day), intake, clock=self.now, marked=marked)
        self.mailbox.start()
        await self.mark_again()

    async def close(self) -> None:
        """Let go of the readers, the way out and what goes on in the background; the database stays open."""
        await self.reader.pool.close()
        close = getattr(self.letters, "close", None)
        if close is not None:
            await close()
        for task in list(self._background):
            task.cancel()

    def mark(self, places: Sequence[str]) -> None:
        """Show people in the mailbox that these mails are ours, and remember that it was asked for."""
        if self.mailbox is not None:
            self.mailbox.mark([key_of(place) for place in places])

    async def mark_again(self) -> None:
        """After a start: ask once more for the marks of the newest mails that may not have been set."""
        self.mark(await self.store.database.read(self.store.inbox.unmarked))

    async def _were_marked(self, keys: Sequence[MailKey]) -> None:
        """Remember marks, several at once where they come quickly; one that is not remembered is set again."""
        try:
            await asyncio.gather(*(self._marked.add(key) for key in keys))
        except DatabaseAway as error:
            _log.warning("marks not remembered", reason=str(error))

    async def _write_marks(self, keys: Sequence[MailKey]) -> None:
        places = [place_of(key) for key in keys]
        await self.store.database.unit(lambda connection: self.store.inbox.marked(connection, places))

    def announce(self, text: str) -> None:
        """Tell staff something about the house itself, without waiting for it."""
        self._in_background(self._announce(text))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _announce(self, text: str) -> None:
        _log.warning("announced", text=text)
        if self.staff is not None:
            try:
                await self.staff.announce(text)
            except (Unreachable, Refused) as error:
                _log.warning("not announced", error=str(error))


def place_of(key: MailKey) -> str:
    """The reverse of `key_of`."""
    return f"{key.account}\x1f{key.mailbox}\x1f{key.uidvalidity}\x1f{key.uid}"


def key_of(place: str) -> MailKey:
    """The mailbox's key of an inbox row's place."""
    account, mailbox, uidvalidity, uid = place.split("\x1f")
    return MailKey(account, mailbox, int(uidvalidity), int(uid))
