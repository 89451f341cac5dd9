"""What there is in the Slack stand-in and how it changes. No network here."""

import itertools
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import datetime

from bot.demo.servers.changes import Changes
from bot.demo.servers.slack_limits import elements
from bot.demo.servers.slack_things import (
    BOT,
    Channel,
    Json,
    Message,
    User,
    View,
    usual_channels,
    usual_people,
)


class World:
    """All of it, and the few ways in which it changes."""

    def __init__(self, clock: Callable[[], datetime], changes: Changes) -> None:
        self.clock = clock
        self.changes = changes
        self.users: dict[str, User] = {user.id: user for user in usual_people()}
        self.channels: dict[str, Channel] = {channel.id: channel for channel in usual_channels()}
        self.ephemerals: list[Message] = []
        self.modals: dict[str, list[View]] = {}
        """The open modals of each user, the topmost last."""
        self.homes: dict[str, View] = {}
        self._numbers = itertools.count(1)
        self._last_ts = 0

    def number(self, prefix: str) -> str:
        """A name not given out before."""
        return f"{prefix}{next(self._numbers):08d}"

    def new_ts(self) -> str:
        """The time by the town's clock, and later than any other, also when that clock stands still."""
        self._last_ts = max(self._last_ts + 1, int(self.clock().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel(self, name: str) -> Channel:
        """By id or by name, with or without `#`. Raises KeyError."""
        if name in self.channels:
            return self.channels[name]
        for channel in self.channels.values():
            if channel.name and channel.name == name.removeprefix("#"):
                return channel
        raise KeyError(name)

    def direct(self, user: str) -> Channel:
        """The direct channel of the bot and `user`, opened if need be. Raises KeyError where there is no such user."""
        person = self.users[user]
        channel_id = "D_" + person.id.removeprefix("U_")
        return self.channels.setdefault(channel_id, Channel(channel_id, "", {user, BOT}, is_im=True))

    def post(self, message: Message) -> Message:
        message.blocks = named_blocks(message.blocks, self.number)
        if message.only_for is None:
            self.channels[message.channel].messages[message.ts] = message
        else:
            self.ephemerals.append(message)
        self.changes.tell("message", message.channel)
        return message

    def rewrite(self, message: Message, new: Json) -> None:
        """Changes what `new` has (text, blocks, metadata) and keeps the rest, as chat.update does."""
        message.text = new.get("text", message.text)
        if "blocks" in new:
            message.blocks = named_blocks(new["blocks"] or [], self.number)
        if "metadata" in new:
            message.metadata = new["metadata"] or None
        message.edited = True
        self.changes.tell("message", message.channel)

    def remove(self, message: Message) -> None:
        if message.only_for is None:
            del self.channels[message.channel].messages[message.ts]
        else:
            self.ephemerals.remove(message)
        self.changes.tell("message", message.channel)

    def message(self, channel: str, ts: str) -> Message:
        """An ordinary or an ephemeral one. Raises KeyError."""
        place = self.channel(channel)
        for message in [*place.messages.values(), *self.ephemerals]:
            if (message.channel, message.ts) == (place.id, ts):
                return message
        raise KeyError(ts)

    def view(self, view_id: str) -> View:
        """An open modal or a home. Raises KeyError."""
        for view in itertools.chain(*self.modals.values(), self.homes.values()):
            if view_id == view.id or (view_id and view_id == view.content.get("external_id")):
                return view
        raise KeyError(view_id)

    def show(self, user: str, content: Json) -> View:
        """Opens a modal on top of those `user` has open, or puts up their home."""
        content = deepcopy(content) | {"blocks": named_blocks(content.get("blocks", []), self.number)}
        view_id = self.number("V")
        below = self.modals.get(user, [])
        if content["type"] == "home":
            old = self.homes.get(user)
            view_id = old.id if old else view_id
            view = self.homes[user] = View(view_id, user, content, self.number("h"), view_id)
        else:
            root, previous = (below[0].id, below[-1].id) if below else (view_id, None)
            view = View(view_id, user, content, self.number("h"), root, previous)
            self.modals.setdefault(user, []).append(view)
        self.changes.tell("view", user)
        return view

    def replace(self, view: View, content: Json) -> None:
        view.content = deepcopy(content) | {"blocks": named_blocks(content.get("blocks", []), self.number)}
        view.hash = self.number("h")
        view.errors = {}
        self.changes.tell("view", view.user)

    def close(self, view: View, *, all_of_them: bool = False) -> None:
        """Takes away a modal and those on top of it, or the whole pile."""
        pile = self.modals.get(view.user, [])
        del pile[0 if all_of_them else pile.index(view) :]
        self.changes.tell("view", view.user)


def named_blocks(blocks: Iterable[Json], number: Callable[[str], str]) -> list[Json]:
    """A copy in which every block and every element has an id, as Slack gives them."""
    named = deepcopy(list(blocks))
    for block in named:
        block.setdefault("block_id", number("b"))
        inner = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for element in inner if block["type"] in ("actions", "section", "input") else []:
            if isinstance(element, dict) and element.get("type") != "image":
                element.setdefault("action_id", number("a"))
    return named


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and the element a person clicks. Raises LookupError where nothing such is to be seen."""
    for block, element in elements(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    raise LookupError(f"nothing here has the action_id {action_id!r}")
