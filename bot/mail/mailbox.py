"""The support mailbox: one thread that owns the connection, hands every new mail to the intake, and marks ours."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

import structlog

from bot.mail.backoff import Backoff
from bot.mail.bell import Bell
from bot.mail.fetch import Broke, fetch, find
from bot.mail.imap import Connection, Selected
from bot.mail.marker import Marker
from bot.mail.raw import Hold, Intake, MailKey
from bot.mail.settings import ImapSettings
from bot.ports import Refused, Unreachable

_log = structlog.get_logger("mailbox")

_STEADY = 60.0  # seconds a connection must have lived for the next wait to be short again
_MARKS = 200  # UIDs a STORE or MOVE command
_RESTLESS = 10  # IDLE woken this often at once without news: the server does not idle, it is polled instead


@dataclass(frozen=True, slots=True)
class State:
    """How the mailbox is. `trouble` is a sentence for people, None while all is well; `holding` says that it is ours.

    `connects`, `taken`, `marked` and `wakes` (returns from waiting) count since the start.
    """

    connected_since: datetime | None = None
    last_contact: datetime | None = None
    trouble: str | None = None
    holding: bool = False
    connects: int = 0
    taken: int = 0
    marked: int = 0
    wakes: int = 0


class Mailbox:
    """start() once, stop() once; mark(), wake() and `state` from any thread. The intake is called in the own thread."""

    def __init__(
        self,
        settings: ImapSettings,
        intake: Intake,
        *,
        backoff: Backoff | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        marked: Callable[[list[MailKey]], None] = lambda _keys: None,
    ) -> None:
        """`marked` is told in the own thread which mails the server has marked, or will not mark."""
        self._settings, self._intake, self._clock, self._told = settings, intake, clock, marked
        self._backoff = backoff or Backoff()
        self._stopping, self._hurry = threading.Event(), threading.Event()
        self._bell = Bell()
        self._marks: deque[MailKey] = deque()
        self._connection: Connection | None = None
        self._state = State()
        self._broke: Counter[int] = Counter()
        self._last = 0
        self._thread = threading.Thread(target=self._run, name=f"mailbox {settings.account}", daemon=True)

    @property
    def state(self) -> State:
        return replace(self._state, wakes=self._bell.rung)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Return when the thread has ended, at the latest after a second (then it ends with its current call)."""
        self._stopping.set()
        self._bell.ring()
        if self._thread.ident is not None:
            self._thread.join(0.5)
            if self._thread.is_alive() and (connection := self._connection):
                connection.shut()
                self._thread.join(0.5)
        if not self._thread.is_alive():
            self._bell.close()

    def wake(self) -> None:
        """Look for mail now, and do not wait for the end of a backoff."""
        self._hurry.set()
        self._bell.ring()

    def mark(self, keys: Iterable[MailKey]) -> None:
        """Set the keyword on these mails, and move them if so configured, when the connection allows it.

        Keys of another mailbox, or from before the server numbered its mails anew, are passed over in silence.
        """
        mine = (self._settings.account, self._settings.mailbox)
        self._marks.extend(key for key in keys if (key.account, key.mailbox) == mine and 0 < key.uid < 2**32)
        self._bell.ring()

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = self._clock()
            try:
                self._session()
            except Hold as hold:
                self._trouble(str(hold), holding=True)
            except (Unreachable, Refused) as error:
                self._broke.update(error.uids if isinstance(error, Broke) else ())
                self._trouble(str(error))
            except Exception as error:  # noqa: BLE001 - the intake loop must outlive a fault of the intake
                _log.error("intake failed", error=type(error).__name__)
                self._trouble(f"the intake failed ({type(error).__name__})", holding=True)
            finally:
                self._drop()
            if (self._clock() - began).total_seconds() > _STEADY:
                self._backoff.reset()
            self._pause(self._backoff.next())

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._state = replace(self._state, connected_since=None)
        if connection is not None:
            connection.close()

    def _trouble(self, sentence: str, *, holding: bool = False) -> None:
        if not self._stopping.is_set():
            if sentence != self._state.trouble:
                _log.warning("mailbox in trouble", reason=sentence, holding=holding)
            self._state = replace(self._state, trouble=sentence, holding=holding)

    def _session(self) -> None:
        connection = self._connection = Connection(self._settings)
        selected = connection.select()
        self._last = self._begin(connection, selected)
        now = self._clock()
        self._state = replace(self._state, connected_since=now, last_contact=now, connects=self._state.connects + 1)
        marker = Marker(connection, self._settings, selected)
        self._round(connection, selected, marker, selected.uidnext)
        self._settled(marker)
        quiet = _Quiet()
        while not self._stopping.is_set():
            spoke = self._wait(connection, polled=quiet.restless)
            found = not self._stopping.is_set() and self._round(connection, selected, marker, None)
            quiet.note(spoke=spoke, found=found)
            self._settled(marker)

    def _settled(self, marker: Marker) -> None:
        self._state = replace(self._state, trouble=marker.trouble, holding=False, last_contact=self._clock())

    def _begin(self, connection: Connection, selected: Selected) -> int:
        """The last UID taken; for a mailbox not seen before, or numbered anew, the one before the first to read."""
        account, mailbox, since = self._settings.account, self._settings.mailbox, self._settings.since
        position = self._intake.position(account, mailbox)
        if position is not None and position[0] == selected.uidvalidity:
            return position[1]
        last = 0
        if since is not None:
            first = next((uids[0] for uids in find(connection, 1, selected.uidnext, since) if uids), None)
            last = (first or selected.uidnext or max(connection.uids(1), default=0) + 1) - 1
        self._broke.clear()
        self._intake.moved(account, mailbox, selected.uidvalidity, last)
        return last

    def _round(self, connection: Connection, selected: Selected, marker: Marker, uidnext: int | None) -> bool:
        """Take all new mail and set all marks until nothing is left; whether there was any mail."""
        found, news = False, True
        while news and not self._stopping.is_set():
            connection.heard_of_new()
            self._hurry.clear()
            self._set_marks(marker)
            for uids in find(connection, self._last + 1, uidnext):
                found |= bool(uids)
                self._take(connection, selected, uids, marker)
            uidnext = None
            news = connection.heard_of_new() or bool(self._marks)
        return found

    def _take(self, connection: Connection, selected: Selected, uids: list[int], marker: Marker) -> None:
        for mails in fetch(connection, self._settings, selected.uidvalidity, uids, self._broke):
            if self._stopping.is_set():
                return
            if mails:
                self._intake.take(mails)
                self._last = mails[-1].key.uid
                for mail in mails:
                    self._broke.pop(mail.key.uid, None)
                taken = self._state.taken + len(mails)
                self._state = replace(self._state, taken=taken, last_contact=self._clock())
            self._set_marks(marker)
        self._last = max([self._last, *uids[-1:]])  # past those that vanished

    def _set_marks(self, marker: Marker) -> None:
        """A key leaves the queue only after the server has it. Only this thread takes keys out."""
        while self._marks and not self._stopping.is_set():
            keys = list(islice(self._marks, _MARKS))
            marked = marker.mark(keys)
            for _ in keys:
                self._marks.popleft()
            self._told(keys)
            self._state = replace(self._state, marked=self._state.marked + marked)

    def _wait(self, connection: Connection, *, polled: bool) -> bool:
        """Until the server may have news; whether it spoke within a moment, unasked."""
        settings = self._settings
        if settings.poll_ms is not None:
            self._poll(connection, settings.poll_ms / 1000, settings.idle_seconds)
            return False
        if polled or not connection.has_idle:
            self._poll(connection, settings.poll_seconds, settings.poll_seconds)
            return False
        connection.idle()
        began = time.monotonic()
        told = connection.heard_of_new() or connection.holds_bytes()  # already read: the socket would not say so
        spoke = told or self._bell.wait(settings.idle_seconds, connection.socket())
        if not self._stopping.is_set():
            connection.idle_done()
            connection.noop()
        return spoke and time.monotonic() - began < 0.2

    def _poll(self, connection: Connection, every: float, at_most: float) -> None:
        """NOOP at this pace until the server tells of new mail, the bell rings, or `at_most` seconds are over."""
        end = time.monotonic() + at_most
        while not self._stopping.is_set():
            self._bell.wait(every)
            if self._stopping.is_set():
                return
            connection.noop()
            self._state = replace(self._state, last_contact=self._clock())
            if connection.heard_of_new() or self._marks or self._hurry.is_set() or time.monotonic() >= end:
                return

    def _pause(self, seconds: float) -> None:
        """Wait out a backoff. New marks do not shorten it: they would knock at a server that is away."""
        end = time.monotonic() + seconds
        while not self._stopping.is_set() and not self._hurry.is_set() and (left := end - time.monotonic()) > 0:
            self._bell.wait(left)
        self._hurry.clear()


class _Quiet:
    """Notices a server that ends every IDLE at once without having anything to tell."""

    def __init__(self) -> None:
        self._fruitless = 0

    def note(self, *, spoke: bool, found: bool) -> None:
        if spoke and not found:
            self._fruitless += 1
        elif not self.restless:
            self._fruitless = 0

    @property
    def restless(self) -> bool:
        return self._fruitless >= _RESTLESS
