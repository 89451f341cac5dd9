"""The app: builds every part once, starts them, and stops them within ten seconds."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import structlog

from bot.clock import Clock
from bot.config import BadConfig, Config
from bot.deliver import Deliverer, Identity
from bot.desk import Desk
from bot.intake import MailboxIntake, Reader
from bot.limits import Limits
from bot.loops import Loop
from bot.mail.mailbox import Mailbox
from bot.mail.parsing import ParserPool
from bot.mail.raw import MailKey
from bot.mail.settings import ImapSettings, SmtpSettings
from bot.mail.smtp import Outbound
from bot.ports import ChatRoom, LettersOut, Refused, StaffRoom, Unreachable
from bot.saving import Saver
from intents.policy import Policy
from intents.reader import read_letter
from responders.house import House, Processor
from storage.counters import first_start
from storage.store import Store, open_store

TICK_SECONDS = 30.0
IDLE_SECONDS = 5.0
_log = structlog.get_logger("app")


def utc_now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


def master_key(config: Config) -> bytes:
    """The master key: 32 bytes, written in base64. Raises BadConfig."""
    text = config.database.master_key.get_secret_value()
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise BadConfig(
            "database.master_key: needs 32 bytes in base64; make one with `rightsdesk keys new`, and set "
            "RIGHTSDESK_DATABASE__MASTER_KEY or database.master_key_file"
        )
    return key


def house_of(config: Config) -> House:
    """What the core needs of the configuration."""
    company, answers = config.company, config.answers
    own = {config.smtp.from_address, config.mailbox.user, company.contact}
    return House(
        company=company.name,
        postal_address=company.postal_address,
        contact=company.contact,
        controller_tz=company.timezone,
        processors=tuple(Processor(p.name, p.holds, p.how) for p in config.processors),
        erase_wait=timedelta(hours=config.times.erase_wait),
        code_valid=timedelta(hours=config.times.code_valid),
        own_addresses=frozenset(address.casefold() for address in own if "@" in address),
        regimes=company.regimes,
        facts={key: str(value) for key, value in answers.model_dump().items()},
    )


def policy_of(config: Config) -> Policy | None:
    """The company's policy, parsed. Raises BadConfig."""
    path = config.company.policy_file
    if path is None:
        return None
    try:
        return Policy.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"company.policy_file: {path} can't be read: {error}") from None


def imap_settings(config: Config, first_day: date) -> ImapSettings:
    """The mailbox's settings. Mail from before the day of the first start is not read, unless `since` says so."""
    box = config.mailbox
    return ImapSettings(
        host=box.host,
        port=box.port,
        user=box.user,
        password=box.password.get_secret_value(),
        security=box.security,
        mailbox=box.folder,
        account=box.account,
        idle_seconds=box.idle_seconds,
        poll_seconds=box.poll_seconds,
        poll_ms=box.poll_ms,
        keyword=box.keyword,
        move_to=box.move_to,
        since=box.since or first_day,
    )


def smtp_settings(config: Config) -> SmtpSettings:
    """The sending server's settings."""
    smtp = config.smtp
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        sender=smtp.from_address if smtp.envelope_from is None else smtp.envelope_from,
        security=smtp.security,
        user=smtp.user,
        password=smtp.password.get_secret_value() or None,
        connections=smtp.connections,
    )


def limits_of(config: Config) -> Limits:
    """How many automatic letters may go out."""
    limits = config.limits
    return Limits(limits.answers_per_sender_per_day, limits.answers_per_ticket_per_day, limits.answers_per_hour)


@dataclass
class App:
    """Every part, built and wired. `staff` and `chat` are set by whoever knows which they are, before `start`."""

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
    deliverer: Deliverer | None = None
    reading: Loop = field(init=False)
    delivering: Loop = field(init=False)
    clock: Clock = field(init=False)
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    async def build(cls, config: Config, *, now: Callable[[], datetime] = utc_now, shadow: bool = False) -> "App":
        """Open the database and wire the parts. Raises BadConfig, DatabaseAway, WrongKey."""
        policy, house = policy_of(config), house_of(config)
        store = await open_store(config.database.url, master_key(config))
        app: App
        saver = Saver(store, house, limits_of(config), shadow)
        desk = Desk(store, saver, house, now, lambda: app.delivering.wake())  # noqa: PLW0108 - app is bound below
        reader = Reader(
            desk,
            ParserPool(authserv_id=config.mailbox.authserv_id),
            read_letter,
            policy,
            lambda places: app.mark(places),  # noqa: PLW0108
            lambda id_, reason: app.announce(f"A mail was parked (`rightsdesk parked`, {id_[:8]}): {reason}"),
        )
        app = cls(config, store, desk, reader, Outbound(smtp_settings(config)), policy, now)
        return app

    def __post_init__(self) -> None:
        self.reading = Loop("reading", self.reader.run_once, idle=IDLE_SECONDS, trouble=self.announce)
        self.delivering = Loop("delivering", self._deliver, idle=IDLE_SECONDS, trouble=self.announce)
        self.clock = Clock({"look again": (TICK_SECONDS, self.desk.tick)})

    async def _deliver(self) -> int:
        return await self.deliverer.run_once() if self.deliverer else 0

    async def start(self, *, mail: bool = True) -> None:
        """Start everything; `mail=False` leaves the mailbox alone."""
        if self.staff is None:
            raise RuntimeError("no staff room")
        sender = Identity(self.config.smtp.from_name, self.config.smtp.from_address)
        self.deliverer = Deliverer(self.desk, self.letters, self.staff, self.chat, sender, self.now)
        held = await self.deliverer.recover()
        self.reading.start()
        self.delivering.start()
        self.clock.start()
        if mail:
            intake = MailboxIntake(self.desk, asyncio.get_running_loop(), self.reading.wake)
            first_day = await self.store.database.unit(lambda c: first_start(c, self.now().date()))
            settings = imap_settings(self.config, first_day)
            self.mailbox = Mailbox(settings, intake, clock=self.now)
            self.mailbox.start()
            await self.mark_again()
        _log.info("started", held=held)

    async def stop(self) -> None:
        """Stop taking mail, finish what is under way, let go of everything."""
        self.clock.stop()
        if self.mailbox is not None:
            await asyncio.to_thread(self.mailbox.stop)
        await self.reading.stop()
        await self.reader.pool.close()
        await self.delivering.stop()
        close = getattr(self.letters, "close", None)
        if close is not None:
            await close()
        for task in list(self._background):
            task.cancel()
        await self.store.database.close()
        _log.info("stopped")

    def mark(self, places: Sequence[str]) -> None:
        """Show people in the mailbox that these mails are ours, and remember that it was asked for."""
        if self.mailbox is not None:
            self.mailbox.mark([key_of(place) for place in places])

    async def mark_again(self) -> None:
        """After a start: ask once more for the marks of the newest mails that may not have been set."""
        inbox = self.store.inbox
        rows = await self.store.database.read(inbox.unmarked)
        self.mark([row.place for row in rows])
        ids = [row.id for row in rows]
        await self.store.database.unit(lambda connection: inbox.marked(connection, ids))

    def announce(self, text: str) -> None:
        """Tell staff something about the house itself, without waiting for it."""
        task = asyncio.get_running_loop().create_task(self._announce(text))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _announce(self, text: str) -> None:
        _log.warning("announced", text=text)
        if self.staff is not None:
            try:
                await self.staff.announce(text)
            except (Unreachable, Refused) as error:
                _log.warning("not announced", error=str(error))


def key_of(place: str) -> MailKey:
    """The mailbox's key of an inbox row's place."""
    account, mailbox, uidvalidity, uid = place.split("\x1f")
    return MailKey(account, mailbox, int(uidvalidity), int(uid))
