"""People in the customers' chat, who write and fill in their address, whoever dies meanwhile."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from bot.chat.messages import ADDRESS, CODE
from bot.demo.servers.slack import SlackTown
from bot.demo.servers.slack_things import ANNA, HELP, Message
from tests.crash.people import KINDS, Kind

ASKED = tuple(kind for kind in KINDS if kind.name in ("erase", "access", "both", "ordinary"))
REDELIVERED = (0.3, 1.0, 2.0, *[3.0] * 60)
"""Seconds between two deliveries of a message that nobody acknowledged: Slack's own pauses would outlast the run."""


@dataclass
class Chat:
    """Every message is a thread of its own; `said` maps its time to what it must come to."""

    slack: SlackTown
    dice: random.Random
    said: dict[str, Kind] = field(default_factory=dict)
    tried: dict[str, float] = field(default_factory=dict)
    patience: float = 1.0
    """Seconds for one act: soon given up while bots die, and never once one is left in peace."""
    _beginning: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def write(self) -> None:
        """Somebody writes; Slack delivers it again until it is acknowledged."""
        kind = self.dice.choices(ASKED, [kind.share for kind in ASKED])[0]
        async with self._beginning:
            known = set(self._begun())
            saying = asyncio.create_task(self.slack.say(ANNA, HELP, kind.text))
            await asyncio.sleep(0)
            [ts] = set(self._begun()) - known
            self.said[ts] = kind
        await saying

    def _begun(self) -> Iterator[str]:
        messages = self.slack.world.channel(HELP).messages
        return (ts for ts, message in messages.items() if message.user == ANNA and message.thread_ts is None)

    def waiting(self) -> list[Message]:
        """Messages of the bot that ask for an address, in threads where none was taken yet."""
        messages = list(self.slack.world.channel(HELP).messages.values())
        done = {each.thread_ts for each in messages if has_button(each, CODE)}
        return [each for each in messages if has_button(each, ADDRESS) and each.thread_ts not in done]

    @property
    def undelivered(self) -> int:
        """Events that the bot has not acknowledged."""
        return self.slack.socket.undelivered

    async def people(self) -> None:
        """Give what is asked for, for ever."""
        while True:
            await asyncio.sleep(0.1)
            now = asyncio.get_running_loop().time()
            rested = [each for each in self.waiting() if now - self.tried.get(each.ts, -9) > 1.0]
            if rested and self.slack.socket.links:
                self.tried[rested[0].ts] = now
                with suppress(KeyError, LookupError, TimeoutError):
                    await asyncio.wait_for(self._fill_in(rested[0]), 2 * self.patience)

    async def _fill_in(self, message: Message) -> None:
        self.slack.world.modals.pop(ANNA, None)
        await self.slack.click(ANNA, HELP, message.ts, ADDRESS)

        def ready() -> str:
            pile = self.slack.world.modals.get(ANNA) or []
            return pile[-1].id if pile and pile[-1].content.get("callback_id") == ADDRESS else ""

        view = await self.slack.changes.until(ready, self.patience)
        await self.slack.submit_view(ANNA, view, {"address": f"chat{len(self.tried)}@kundin.example"})


def has_button(message: Message, name: str) -> bool:
    """Whether a button of that name stands under a message."""
    elements = [each for block in message.blocks for each in block.get("elements", [])]
    return any(each.get("action_id") == name for each in elements)
