"""Breaches at the desk: opened from Slack or the command line, reminded of by the clock, mailed about in a pace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient

from bot.desk import Desk
from responders.breach import PERSON, Breach, Told, clocks, draft, due_reminders, new_breach
from responders.letters.render import Rendered
from storage import audit, outbox
from storage.breaches import Breaches, Notice
from storage.outbox import Item
from storage.seen import HappenedBefore, only_once


@dataclass(frozen=True)
class BreachDesk:
    """Every act is one unit of work, with its line in the log."""

    desk: Desk

    @property
    def _breaches(self) -> Breaches:
        return Breaches(self.desk.store.keeper)

    async def open(self, aware_at: datetime, by: str, residences: Sequence[str] | None = None) -> Breach:
        """Open a breach and tell staff. Raises FutureBreach and ValueError."""
        now, breaches = self.desk.now(), self._breaches
        places = tuple(place.upper() for place in residences) if residences is not None else None
        new_breach(0, aware_at, now, by, places)  # before a number is taken

        async def work(connection: BaseDBAsyncClient) -> Breach:
            number = await breaches.next_number(connection)
            breach = new_breach(number, aware_at, now, by, places)
            await breaches.add(connection, breach)
            facts: dict[str, object] = {"breach": number, "aware": breach.aware_at.isoformat()}
            await audit.append(connection, [audit.Line("BreachOpened", by, None, facts)], now)
            return breach

        breach = await self.desk.store.database.unit(work)
        await self.tick()
        return breach

    async def load(self, number: int) -> Breach:
        """One breach. Raises UnknownBreach."""
        return await self.desk.store.database.read(lambda: self._breaches.load(number))

    async def open_ones(self) -> list[Breach]:
        """Those that nobody has closed."""
        return await self.desk.store.database.read(self._breaches.open_ones)

    async def write(self, number: int, facts: Mapping[str, str], by: str) -> Breach:
        """Add facts for the notices; an empty one is taken away."""
        breach = await self.load(number)
        merged = {name: text for name, text in {**breach.facts, **facts}.items() if text.strip()}
        return await self._change(replace(breach, facts=merged), "BreachDescribed", by, {"facts": sorted(facts)})

    async def told(self, number: int, clock: str, by: str) -> Breach:
        """A clock is stopped: those whom it is about were told. Raises ValueError for a clock that does not run."""
        breach = await self.load(number)
        names = [each.regime for each in clocks(breach, self.desk.house)]
        if clock not in names:
            raise ValueError(f"breach {number} has no clock {clock!r}; it has: {', '.join(names)}")
        if clock in {told.clock for told in breach.told}:
            return breach
        stopped = replace(breach, told=(*breach.told, Told(clock, self.desk.now(), by)))
        return await self._change(stopped, "BreachTold", by, {"clock": clock})

    async def close(self, number: int, by: str) -> Breach:
        """Nothing is reminded of any more."""
        breach = await self.load(number)
        return await self._change(replace(breach, closed_at=self.desk.now()), "BreachClosed", by, {})

    async def mail(self, number: int, people: Sequence[tuple[str, str]], pace: timedelta, by: str) -> int:
        """Queue the notice for (address, language) each; returns how many are new. Raises Unfilled."""
        breach, now, breaches = await self.load(number), self.desk.now(), self._breaches
        texts: dict[str, Rendered] = {}
        notices = []
        for address, language in people:
            if language not in texts:
                texts[language] = draft(breach, PERSON, self.desk.house, language)
            text = texts[language]
            notices.append(Notice(address, text.subject, text.text, text.html, text.language))

        async def work(connection: BaseDBAsyncClient) -> int:
            added = await breaches.put(connection, number, notices, pace, now)
            facts: dict[str, object] = {"breach": number, "letters": added}
            await audit.append(connection, [audit.Line("BreachMailed", by, None, facts)], now)
            return added

        added = await self.desk.store.database.unit(work)
        self.desk.wake()
        return added

    async def progress(self, number: int) -> Mapping[str, int]:
        """Letters of the mailing by state of the outbox."""
        return await self.desk.store.database.read(lambda: self._breaches.progress(number))

    async def tick(self) -> int:
        """Remind staff of the clocks of open breaches; returns how many sentences were said."""
        now, said = self.desk.now(), 0
        for breach in await self.open_ones():
            found = due_reminders(breach, now, self.desk.house)
            if not found:
                continue
            said += await self._remind(breach, found, now)
        if said:
            self.desk.wake()
        return said

    async def _remind(self, breach: Breach, found: Sequence[tuple[str, str]], now: datetime) -> int:
        """Write down what is said with the saying of it; another process that is quicker says it instead."""
        sentences = [text for _, text in found if text]
        reminded = replace(breach, reminded=(*breach.reminded, *(key for key, _ in found)))

        async def work(connection: BaseDBAsyncClient) -> int:
            await only_once(connection, f"breach:{breach.number}:{found[-1][0]}", now)
            await self._breaches.change(connection, reminded)
            items = [Item("announce", "breach", {"text": text}, None) for text in sentences]
            await outbox.put(connection, items, {}, self.desk.store.keeper, now)
            return len(items)

        try:
            return await self.desk.store.database.unit(work)
        except HappenedBefore:
            return 0

    async def _change(self, breach: Breach, kind: str, by: str, facts: Mapping[str, object]) -> Breach:
        now = self.desk.now()

        async def work(connection: BaseDBAsyncClient) -> None:
            await self._breaches.change(connection, breach)
            line = audit.Line(kind, by, None, {"breach": breach.number, **facts})
            await audit.append(connection, [line], now)

        await self.desk.store.database.unit(work)
        return breach
