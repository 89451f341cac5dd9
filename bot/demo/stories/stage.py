"""The stage: a town, its people with their verbs, and what a story may expect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.demo.cast import CUSTOMERS, SUPPORT
from bot.demo.servers import slack_things as slack
from bot.demo.servers.slack_things import Message
from bot.demo.stories.people import Colleague, Person
from bot.demo.stories.words import block_lines, readable
from bot.demo.town import Town
from responders.case.ticket import Status, Ticket
from storage import audit
from storage.models import OutboxRow
from storage.outbox import FAILED, HELD

TUESDAY = datetime(2027, 3, 2, 9, tzinfo=UTC)
"""When every story begins: a Tuesday, 10 in the morning in Berlin."""


class NotAsTold(AssertionError):
    """A story did not go as it should."""


@dataclass
class Stage:
    """What a story is played on. `say` prints a line of the conversation."""

    town: Town
    say: Callable[[str], None]
    _shown: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        people = {customer.key: Person(self, customer) for customer in CUSTOMERS}
        self.anna, self.paul, self.mallory = people["anna"], people["paul"], people["mallory"]
        self.jonas, self.marie, self.carmen = people["jonas"], people["marie"], people["carmen"]
        self.people = tuple(people.values())
        self.olga, self.ivan = Colleague(self, slack.OLGA, "Olga"), Colleague(self, slack.IVAN, "Ivan")

    # what happens

    async def settled(self) -> None:
        """Wait until everything that follows from a deed is done, and print what was to be seen of it."""
        await self.town.settle()
        self.show()

    async def days_pass(self, days: float) -> None:
        """The clock moves; reminders and waiting times on the way take their course."""
        self.say(f"~ {days:g} {'day passes' if days == 1 else 'days pass'} ~")
        await self.town.pass_time(timedelta(days=days))
        await self.settled()

    async def hours_pass(self, hours: float) -> None:
        """See `days_pass`."""
        self.say(f"~ {hours:g} {'hour passes' if hours == 1 else 'hours pass'} ~")
        await self.town.pass_time(timedelta(hours=hours))
        await self.settled()

    # what is there

    def card(self, number: int) -> Message:
        """The card of a ticket. Raises NotAsTold."""
        for message in self.town.slack.world.channel(slack.DESK).messages.values():
            if ((message.metadata or {}).get("event_payload") or {}).get("key") == f"card:{number}":
                return message
        raise NotAsTold(f"ticket {number} has no card")

    def card_text(self, number: int) -> str:
        """All that a card says."""
        return "\n".join(block_lines(self.card(number).blocks))

    def channel_text(self, channel: str = slack.DESK) -> str:
        """All that stands in a channel."""
        messages = self.town.slack.world.channel(channel).messages.values()
        return "\n".join(line for message in messages for line in message_lines(message))

    async def ticket(self, number: int | None = None) -> Ticket:
        """A ticket, by default the newest. Raises NotAsTold."""
        tickets = await self.town.tickets()
        found = next((t for t in reversed(tickets) if number in (None, t.number)), None)
        if found is None:
            raise NotAsTold(f"there is no ticket {number or ''}")
        return found

    # what a story expects

    async def expects(self, status: Status, number: int | None = None) -> Ticket:
        """The ticket stands there. Raises NotAsTold."""
        ticket = await self.ticket(number)
        self.true(ticket.status is status, f"ticket {ticket.number} is {ticket.status}, not {status}")
        return ticket

    async def expects_tickets(self, *rights: str) -> list[Ticket]:
        """Exactly these rights were opened, in this order. Raises NotAsTold."""
        tickets = await self.town.tickets()
        opened = [ticket.right.value for ticket in tickets]
        self.true(opened == list(rights), f"tickets for {opened}, not {list(rights)}")
        return tickets

    def expects_in_slack(self, *texts: str, channel: str = slack.DESK) -> None:
        """These words stand in the channel. Raises NotAsTold."""
        everything = self.channel_text(channel)
        for text in texts:
            self.true(text in everything, f"“{text}” is not in Slack")

    def true(self, condition: object, otherwise: str) -> None:
        """Raises NotAsTold with a sentence."""
        if not condition:
            raise NotAsTold(otherwise)

    async def ends(self) -> None:
        """What must hold at every story's end: every letter was looked at, nothing is stuck, the log is whole."""
        for person in self.people:
            unread = person.unread()
            self.true(not unread, f"{person.name} got a letter that the story doesn't tell of: {unread[:1]}")
        store = self.town.app.store
        stuck = await store.database.read(lambda: OutboxRow.filter(state__in=[FAILED, HELD]).all())
        self.true(not stuck, f"the outbox could not do {[(row.kind, row.name, row.error) for row in stuck]}")
        broken, _ = await store.database.read(audit.first_broken)
        self.true(broken is None, f"the log is broken at line {broken}")

    # printing

    def show(self) -> None:
        """Print what came since the last time: letters, messages, changed cards."""
        for person in self.people:
            person.print_new()
        world = self.town.slack.world
        for channel in world.channels.values():
            for message in channel.messages.values():
                if message.is_bot:
                    self._show_message(channel.name or "direct", message)
        for message in world.ephemerals:
            self._show_message(f"only {world.users[message.only_for or ''].real_name} sees", message)

    def _show_message(self, where: str, message: Message) -> None:
        now = readable(message.text)
        before = self._shown.get(message.ts)
        if before == now:
            return
        self._shown[message.ts] = now
        lines = list(message_lines(message)) if before is None else [now]
        mark = "↳ " if message.thread_ts else "* " if before else ""
        self.say(f"#{where}  {mark}{lines[0] if lines else ''}")
        for line in lines[1:]:
            self.say(f"    | {line}")

    def left_alone(self) -> list[str]:
        """Subjects of the mails in the support mailbox that bear no mark of ours."""
        mailbox = zip(self.town.mail.mailbox(SUPPORT), self.town.mails_of(SUPPORT), strict=True)
        return [mail.subject for stored, mail in mailbox if not stored.flags]


def message_lines(message: Message) -> list[str]:
    """A message as text, its blocks if it has any."""
    lines = [line for text in block_lines(message.blocks) for line in text.splitlines()]
    return lines or readable(message.text).splitlines()
