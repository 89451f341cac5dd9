"""The people of a story, with their verbs. Each verb waits until all that follows from it is done."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.demo.cast import SUPPORT, Customer
from bot.demo.post import Mail
from bot.demo.servers import slack_things as slack
from bot.demo.servers.slack_things import Message, View
from bot.demo.stories.words import code_in, letter_lines

if TYPE_CHECKING:
    from bot.demo.stories.stage import Stage


class Person:
    """A customer: writes, answers, reads."""

    def __init__(self, stage: "Stage", customer: Customer) -> None:
        self._stage, self.customer = stage, customer
        self.name = customer.name.split()[0]
        self._printed = 0
        self._read = 0

    # verbs

    async def writes(
        self,
        text: str,
        subject: str = "My data",
        *,
        answers: Mail | None = None,
        as_: "Person | None" = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """A letter to the company; `as_` forges somebody else's From."""
        who = f"{self.name} as {as_.name}" if as_ else self.name
        self._stage.say(f"{who} → {SUPPORT}: {subject}")
        for line in text.splitlines():
            self._stage.say(f"    > {line}")
        forged = as_.customer if as_ else None
        await self._stage.town.send(self.customer, subject, text, answers=answers, as_=forged, headers=headers)
        await self._stage.settled()

    async def answers(self, text: str, mail: Mail | None = None) -> None:
        """A reply to the newest letter (or another one), with the quote that mail programs put below."""
        to = mail or self.letters()[-1]
        subject = to.subject if to.subject.lower().startswith("re:") else f"Re: {to.subject}"
        await self.writes(text, subject, answers=to)

    async def answers_with_the_code(self, mail: Mail | None = None) -> None:
        """The code of the newest letter that has one, typed anew in a reply to it, as people type."""
        to = mail or next(each for each in reversed(self.letters()) if code_in(each))
        await self.answers(f"Hello, here it is: {(code_in(to) or '').lower()}", to)

    async def says_in_chat(self, text: str, thread: str | None = None) -> str:
        """A message in the customers' channel; returns its timestamp."""
        self._stage.say(f"{self.name} in #help: {text}")
        answer = await self._stage.town.slack.say(self._slack, slack.HELP, text, thread)
        await self._stage.settled()
        return answer.ts

    async def fills_in(self, button: str, fields: Mapping[str, str]) -> dict[str, str]:
        """Presses a button of the bot's newest chat message that has it, and sends the form; returns its errors.

        A form that came back with errors is still open, and is mended instead.
        """
        world = self._stage.town.slack
        message = next(
            each
            for each in reversed(list(world.world.channel(slack.HELP).messages.values()))
            if any(element.get("action_id") == button for block in each.blocks for element in block.get("elements", []))
        )
        before = chat_state(self._stage)
        if not world.world.modals.get(self._slack):
            await world.click(self._slack, slack.HELP, message.ts, button)
        view = await filled_form(self._stage, self._slack)
        self._stage.say(f"{self.name} fills in “{view.content['title']['text']}”")
        answer = await world.submit_view(self._slack, view.id, fields)
        if answer.errors:
            return dict(answer.errors)
        await self._stage.town.changes.until(lambda: chat_state(self._stage) != before)
        await self._stage.settled()
        return {}

    @property
    def _slack(self) -> str:
        if self.customer.slack is None:
            raise LookupError(f"{self.name} is not in the chat")
        return self.customer.slack

    # reading

    def letters(self) -> list[Mail]:
        """What lies in the mailbox."""
        return self._stage.town.mails_of(self.customer.address)

    def unread(self) -> list[Mail]:
        """What the story has not looked at yet."""
        return self.letters()[self._read :]

    def got(self, *texts: str, holds: bool = True) -> Mail:
        """The next unread letter, which says all of `texts` (with `holds` false: none). Raises NotAsTold."""
        unread = self.unread()
        self._stage.true(unread, f"{self.name} got no further letter")
        mail, self._read = unread[0], self._read + 1
        whole = f"{mail.subject}\n{mail.text}".casefold()
        for text in texts:
            self._stage.true((text.casefold() in whole) is holds, f"{self.name}'s letter “{mail.subject}”: “{text}”?")
        return mail

    def got_nothing(self) -> None:
        """No unread letter. Raises NotAsTold."""
        self._stage.true(not self.unread(), f"{self.name} got a letter: {[m.subject for m in self.unread()]}")

    def print_new(self) -> None:
        """Print the letters that came since the last time."""
        letters = self.letters()
        for mail in letters[self._printed :]:
            self._stage.say(f"{mail.sender} → {self.name}: {mail.subject}")
            for line in letter_lines(mail):
                self._stage.say(f"    < {line}")
        self._printed = len(letters)


class Colleague:
    """One of the staff: clicks on cards and fills in forms. `ticket` None means the newest."""

    def __init__(self, stage: "Stage", user: str, name: str) -> None:
        self._stage, self.user, self.name = stage, user, name

    # verbs

    async def approves(self, ticket: int | None = None) -> None:
        await self.clicks("approve", ticket)

    async def refuses(self, reason: str, ticket: int | None = None, *, ground: str | None = None) -> dict[str, str]:
        fields = {"reason": reason} | ({"ground": ground} if ground else {})
        return await self.fills_in("refuse", fields, ticket)

    async def asks(self, question: str, ticket: int | None = None) -> None:
        await self.fills_in("ask", {"question": question}, ticket)

    async def replies(self, answer: str, ticket: int | None = None) -> None:
        """Answers a question in their own words."""
        await self.fills_in("answer", {"answer": answer}, ticket)

    async def confirms_identity(self, how: str, ticket: int | None = None) -> None:
        await self.fills_in("confirm", {"how": how}, ticket)

    async def corrects(self, country: str, ticket: int | None = None) -> None:
        """Says where the person lives: the laws and dates follow."""
        await self.fills_in("correct", {"country": country}, ticket)

    async def extends(self, reason: str, ticket: int | None = None) -> None:
        await self.fills_in("extend", {"reason": reason}, ticket)

    async def sorts(self, right: str, ticket: int | None = None) -> None:
        """Says what an unclear letter asks."""
        number = await self._number(ticket)
        button = next((a for a in actions_of(self._stage.card(number)) if a["action_id"] == f"sort:{right}"), None)
        if button is not None:
            return await self.clicks(button["action_id"], number)
        menu = next(a for a in actions_of(self._stage.card(number)) if a["action_id"] == "sort_menu")
        value = next(option["value"] for option in menu["options"] if option["value"].endswith(f":{right}"))
        return await self.clicks("sort_menu", number, value)

    async def ticks(self, processor: str, found: str | None = None, ticket: int | None = None) -> None:
        """Ticks a processor off, with what shows it and, for copies, what the answer will say."""
        task = await self._ticket_tasks(ticket)
        fields = {"proof": "seen in the portal"} | ({"found": found} if found is not None else {})
        await self.fills_in(f"task_done:{task.index(processor)}", fields, ticket)

    async def ticks_all(self, found: str | None = None, ticket: int | None = None) -> None:
        """Ticks every processor off."""
        for processor in await self._ticket_tasks(ticket):
            await self.ticks(processor, found, ticket)

    # the hand

    async def clicks(
        self, action: str, ticket: int | None = None, value: str | None = None, *, seen: dict[str, Any] | None = None
    ) -> None:
        """A button that acts at once; `seen` is an earlier state of the card that is still on the screen."""
        stage, number = self._stage, await self._number(ticket)
        card = stage.card(number)
        stage.say(f"{self.name} clicks {action.replace('_', ' ')} on ticket {number}")
        before = self._state(number)
        await stage.town.slack.click(self.user, slack.DESK, card.ts, action, value, shown=seen)
        await stage.town.changes.until(lambda: self._state(number) != before)
        await stage.settled()

    async def fills_in(self, action: str, fields: Mapping[str, Any], ticket: int | None = None) -> dict[str, str]:
        """A button that opens a form, and the form sent; returns the errors it shows, empty if it was taken."""
        stage, number = self._stage, await self._number(ticket)
        town = stage.town
        await town.slack.click(self.user, slack.DESK, stage.card(number).ts, action)
        view = await filled_form(stage, self.user)
        stage.say(f"{self.name} opens “{view.content['title']['text']}” on ticket {number}")
        for name, text in fields.items():
            stage.say(f"    : {name}: {text}")
        before = self._state(number)
        answer = await town.slack.submit_view(self.user, view.id, fields)
        if answer.errors:
            stage.say(f"    ! {'; '.join(answer.errors.values())}")
            await town.slack.close_view(self.user, view.id)
            return dict(answer.errors)
        await town.changes.until(lambda: self._state(number) != before)
        await stage.settled()
        return {}

    def heard(self, *texts: str) -> None:
        """The last thing that only they see says all of this. Raises NotAsTold."""
        told = [m.text for m in self._stage.town.slack.world.ephemerals if m.only_for == self.user]
        self._stage.true(told, f"{self.name} was told nothing")
        for text in texts:
            self._stage.true(text in told[-1], f"{self.name} was told “{told[-1]}”, not “{text}”")

    def _state(self, number: int) -> tuple[str, int]:
        """What changes when a click was handled: the card, or a word to the one who clicked."""
        return str(self._stage.card(number).blocks), len(self._stage.town.slack.world.ephemerals)

    async def _number(self, ticket: int | None) -> int:
        return (await self._stage.ticket(ticket)).number

    async def _ticket_tasks(self, ticket: int | None) -> list[str]:
        return [task.processor for task in (await self._stage.ticket(ticket)).tasks]


def actions_of(message: Message) -> list[dict[str, Any]]:
    """The buttons and menus of a message."""
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


async def filled_form(stage: "Stage", user: str) -> View:
    """The form that somebody has open, once it is more than a request for patience."""
    world = stage.town.slack.world

    def ready() -> View | None:
        pile = world.modals.get(user) or []
        return pile[-1] if pile and pile[-1].content.get("callback_id") else None

    view = await stage.town.changes.until(ready)
    if view is None:
        raise LookupError("no form")
    return view


def chat_state(stage: "Stage") -> tuple[int, int, int]:
    """What changes when a form of the chat was handled."""
    world = stage.town.slack.world
    return len(world.channel(slack.HELP).messages), len(world.ephemerals), len(world.channel(slack.DESK).messages)
