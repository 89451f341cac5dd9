"""The desk for waves: staff say once what they found of an agent, and it is said to each ticket by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tortoise.backends.base.client import BaseDBAsyncClient

from bot.desk import Desk
from responders.case.lifecycle import NotNow
from responders.case.ticket import Ticket
from responders.trust_steps import said_how
from responders.waves import AgentWord, Wave, asking, unasked
from storage import audit, waves
from storage.database import ChangedMeanwhile


@dataclass(frozen=True)
class WaveDesk:
    """Loads waves and acts on them, by the one road of the desk."""

    desk: Desk

    async def wave(self, number: int) -> tuple[Wave, list[Ticket]]:
        """A wave and its tickets. Raises NotNow where there is none."""
        store = self.desk.store
        found = await store.database.read(lambda: waves.load(store.keeper, number))
        if found is None:
            raise NotNow(f"There is no wave {number}.")
        return found, await store.database.read(lambda: waves.tickets_of(store.tickets, [number]))

    async def of_ticket(self, number: int) -> Wave | None:
        """The wave in which a ticket came, or None."""
        return await self.desk.store.database.read(lambda: waves.of_ticket(number))

    async def confirm(self, number: int, word: AgentWord, by: str, how: str, *, agent: str) -> tuple[int, int]:
        """Staff's word on the agent, and each person is asked; returns how many were, and how many could not be.

        Raises NotNow where nothing is said of how, or who the agent is.
        """
        words = said_how(how)
        if not agent.strip():
            raise NotNow("Write who the agent is: each person will read it.")
        before, tickets = await self.wave(number)
        name, now = before.agent or agent.strip(), self.desk.now()

        async def work(connection: BaseDBAsyncClient) -> None:
            await waves.decide(connection, number, word, by, words, agent=name, at=now)
            facts: dict[str, object] = {"wave": number, "word": word.value, "tickets": len(tickets)}
            await audit.append(connection, [audit.Line("AgentConfirmed", by, None, facts)], now)

        await self.desk.store.database.unit(work)
        return await self.ask(replace(before, agent=name, word=word, by=by, how=words), tickets)

    async def ask(self, wave: Wave, tickets: Sequence[Ticket]) -> tuple[int, int]:
        """Ask each person of the wave who was not asked yet. Whom no automatic letter can reach is left to staff."""
        asked = left = 0
        for each in unasked(tickets):
            ticket = await self.desk.ticket(each.number)
            if not unasked([ticket]):  # the linked ticket of the same letter has asked for both
                continue
            try:
                await self.desk.happen(each.number, asking(wave, wave.by, wave.agent), version=ticket.version)
                asked += 1
            except (NotNow, ChangedMeanwhile) as error:
                await self.desk.note(each.number, f"The agent is confirmed, but the person was not asked: {error}")
                left += 1
        return asked, left

    async def follow(self, tickets: Sequence[Ticket]) -> None:
        """New tickets of a wave whose agent staff have confirmed already: each person is asked at once."""
        some = [each.number for each in tickets if "agent" in each.data or "template" in each.data]
        confirmed = await self.desk.store.database.read(lambda: waves.confirmed_of(some)) if some else {}
        for ticket in tickets:
            if ticket.number in confirmed:
                await self.ask(confirmed[ticket.number], [ticket])
