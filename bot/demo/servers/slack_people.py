"""What people do in Slack: the side of the stand-in that tests, stories and the demo page use."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.servers.slack_limits import view_problems
from bot.demo.servers.slack_payloads import (
    action,
    as_typed,
    event_callback,
    interaction,
    message_event,
    missing_fields,
    state_values,
)
from bot.demo.servers.slack_responses import Responses
from bot.demo.servers.slack_socket import Delivery, SocketMode
from bot.demo.servers.slack_things import BOT, DESK, Channel, Json, Message, View
from bot.demo.servers.slack_world import World, find_element

SUBSCRIBED = frozenset({"message.channel", "message.group", "message.im", "app_mention", "app_home_opened"})
"""The events the stand-in sends unless told otherwise; `message.channel` is Slack's message.channels, and so on."""


class Incomplete(Exception):
    """Slack's own form would not send this: `fields` are the block_ids of required inputs that are empty."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(f"please complete {', '.join(fields)}")
        self.fields = fields


@dataclass(frozen=True)
class Answer:
    """What the app made of it.

    `acked` within the time allowed, with `payload` or without; `ts` is the message a person wrote; `refused` says why
    Slack could not use the payload.
    """

    acked: bool
    payload: Json | None = None
    ts: str = ""
    refused: tuple[str, ...] = ()

    @property
    def errors(self) -> Json:
        """Block_id to text, as the app answered a form."""
        return dict((self.payload or {}).get("errors", {}))


class People:
    """A user is a user id, a channel an id or a name. Nothing is forbidden to anybody here: whether a guest, a
    stranger or somebody deactivated may act is for the app to find out. KeyError and LookupError mean that a test
    names what is not there.
    """

    def __init__(self, world: World, socket: SocketMode, responses: Responses, trigger: Callable[[str], str]) -> None:
        self.world = world
        self.socket = socket
        self.responses = responses
        self.subscribed = set(SUBSCRIBED)
        self._trigger = trigger

    # writing

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Answer:
        """Writes a message; the text is what the person types (`@name` mentions)."""
        author, place = self.world.users[user], self.world.channel(channel)
        if thread_ts is not None and thread_ts not in place.messages:
            raise KeyError(thread_ts)
        typed = as_typed(text, self.world.users)
        message = self.world.post(Message(place.id, self.world.new_ts(), user, typed, thread_ts=thread_ts))
        event = message_event(message, author, place)
        told = [self._message_event(event, place)]
        if f"<@{BOT}>" in typed and not place.is_im:  # Slack then sends both events
            mention = {key: value for key, value in event.items() if key != "channel_type"} | {"type": "app_mention"}
            told.append(self._event(mention, place))
        as_message, *_ = await asyncio.gather(*told)
        return _answer(as_message, message.ts)

    async def dm(self, user: str, text: str, thread_ts: str | None = None) -> Answer:
        """Writes to the bot directly."""
        return await self.say(user, self.world.direct(user).id, text, thread_ts)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> Answer:
        message, place = self.world.message(channel, ts), self.world.channel(channel)
        before = message.as_slack()
        self.world.rewrite(message, {"text": as_typed(text, self.world.users)})
        event: Json = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": self.world.new_ts()}
        event |= {"message": message.as_slack(), "previous_message": before, "channel": place.id}
        return _answer(await self._message_event(event | {"channel_type": place.kind}, place))

    async def delete(self, channel: str, ts: str) -> Answer:
        message, place = self.world.message(channel, ts), self.world.channel(channel)
        self.world.remove(message)
        event: Json = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": self.world.new_ts()}
        event |= {"deleted_ts": ts, "previous_message": message.as_slack(), "channel": place.id}
        return _answer(await self._message_event(event | {"channel_type": place.kind}, place))

    # clicking

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        shown: Json | None = None,
    ) -> Answer:
        """Uses a button or a menu of a message; `value` picks options by their value, or forges a button's.

        `shown` is an earlier `Message.as_slack()` that the person still has on the screen.
        """
        message, place = self.world.message(channel, ts), self.world.channel(channel)
        seen = shown or message.as_slack()
        block, element = find_element(seen.get("blocks", []), action_id, block_id)
        payload = self._interaction("block_actions", user)
        container: Json = {"type": "message", "message_ts": ts, "channel_id": place.id}
        container["is_ephemeral"] = message.only_for is not None
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload |= {"container": container, "message": seen, "state": {"values": state_values(seen["blocks"], {})}}
        payload |= {"channel": {"id": place.id, "name": place.name or "directmessage"}}
        payload["response_url"] = self.responses.new(place.id, user, message)
        payload["actions"] = [action(block, element, value, self.world.new_ts())]
        return _answer(await self.socket.deliver("interactive", payload))

    async def click_view(
        self, user: str, view_id: str, action_id: str, value: Any = None, *, block_id: str | None = None
    ) -> Answer:
        """Uses a button or a menu of a modal or the App Home."""
        view = self.world.view(view_id)
        block, element = find_element(view.content["blocks"], action_id, block_id)
        payload = self._interaction("block_actions", user)
        payload |= {"container": {"type": "view", "view_id": view.id}, "view": view.as_slack()}
        payload["actions"] = [action(block, element, value, self.world.new_ts())]
        return _answer(await self.socket.deliver("interactive", payload))

    async def submit_view(self, user: str, view_id: str, state: Mapping[str, Any] | None = None) -> Answer:
        """Sends a form; `state` maps a block_id or action_id to text, an option's value, or a list of those.

        What is not named keeps its initial value. Raises Incomplete where a required input stays empty. What the app
        answers (errors, update, push, clear, or nothing) happens to the modal.
        """
        view = self.world.view(view_id)
        values = state_values(view.content["blocks"], state or {})
        if missing := missing_fields(view.content["blocks"], values):
            raise Incomplete(missing)
        payload = self._interaction("view_submission", user) | {"view": view.as_slack(values), "response_urls": []}
        delivery = await self.socket.deliver("interactive", payload, accepts=True)
        refused = self._after_submit(view, delivery.answer or {}) if delivery.acked else []
        return Answer(delivery.acked, delivery.answer, refused=tuple(refused))

    async def close_view(self, user: str, view_id: str, *, all_of_them: bool = False) -> Answer:
        """Closes a modal (or the whole pile); the app hears of it only if the modal asks for that."""
        view = self.world.view(view_id)
        self.world.close(view, all_of_them=all_of_them)
        if not view.content.get("notify_on_close"):
            return Answer(acked=False)
        payload = self._interaction("view_closed", user) | {"view": view.as_slack(), "is_cleared": all_of_them}
        return _answer(await self.socket.deliver("interactive", payload))

    # commands

    async def command(self, user: str, command: str, text: str = "", channel: str = DESK) -> Answer:
        """A slash command; the text of the app's answer is shown to the person, or to all, as the app says."""
        person, place = self.world.users[user], self.world.channel(channel)
        payload = {"token": "town", "team_id": person.team, "team_domain": "opterre", "api_app_id": "A_RIGHTSDESK"}
        payload |= {"channel_id": place.id, "channel_name": place.name or "directmessage", "command": command}
        payload |= {"user_id": user, "user_name": person.name, "text": as_typed(text, self.world.users)}
        payload |= {"is_enterprise_install": "false", "trigger_id": self._trigger(user)}
        payload["response_url"] = self.responses.new(place.id, user, None)
        delivery = await self.socket.deliver("slash_commands", payload, accepts=True)
        refused = self.responses.show(place.id, user, delivery.answer) if delivery.answer else []
        return Answer(delivery.acked, delivery.answer, refused=tuple(refused))

    async def shortcut(self, user: str, callback_id: str) -> Answer:
        payload = self._interaction("shortcut", user) | {"callback_id": callback_id, "action_ts": self.world.new_ts()}
        return _answer(await self.socket.deliver("interactive", payload))

    async def message_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Answer:
        message, place = self.world.message(channel, ts), self.world.channel(channel)
        payload = self._interaction("message_action", user) | {"callback_id": callback_id, "message_ts": ts}
        payload |= {"channel": {"id": place.id, "name": place.name}, "message": message.as_slack()}
        payload |= {"action_ts": self.world.new_ts(), "response_url": self.responses.new(place.id, user, message)}
        return _answer(await self.socket.deliver("interactive", payload))

    async def open_home(self, user: str) -> Answer:
        ts = self.world.new_ts()
        event: Json = {"type": "app_home_opened", "user": user, "tab": "home", "event_ts": ts}
        event["channel"] = self.world.direct(user).id
        if home := self.world.homes.get(user):
            event["view"] = home.as_slack()
        return _answer(await self._event(event, None))

    # helpers

    def _interaction(self, kind: str, user: str) -> Json:
        return interaction(kind, self.world.users[user], self._trigger(user))

    async def _message_event(self, event: Json, place: Channel) -> Delivery | None:
        """Sent only where the bot is a member and the app has subscribed to this kind of channel."""
        if BOT not in place.members or f"message.{place.kind}" not in self.subscribed:
            return None
        return await self.socket.event(self._callback(event, place))

    async def _event(self, event: Json, place: Channel | None) -> Delivery | None:
        if event["type"] not in self.subscribed:
            return None
        return await self.socket.event(self._callback(event, place))

    def _callback(self, event: Json, place: Channel | None) -> Json:
        at = int(self.world.clock().timestamp())
        return event_callback(event, self.world.number("Ev"), at, place)

    def _after_submit(self, view: View, answer: Json) -> list[str]:
        """Does to the modal what the app answered; returns what Slack cannot accept of it."""
        what = answer.get("response_action")
        if what == "errors":
            return self._show_errors(view, answer.get("errors", {}))
        if what in ("update", "push"):
            return self._show_next(view, what, answer.get("view"))
        self.world.close(view, all_of_them=what == "clear")
        return [] if what in (None, "clear") else [f"unknown response_action {what}"]

    def _show_errors(self, view: View, errors: Json) -> list[str]:
        inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
        view.errors = dict(errors)
        self.world.changes.tell("view", view.user)
        return [f"no input block {block_id}" for block_id in errors if block_id not in inputs]

    def _show_next(self, view: View, what: str, content: object) -> list[str]:
        problems = view_problems(content)
        if problems or not isinstance(content, dict):
            return problems
        if what == "update":
            self.world.replace(view, content)
        else:
            self.world.show(view.user, content)
        return []


def _answer(delivery: Delivery | None, ts: str = "") -> Answer:
    return Answer(False, ts=ts) if delivery is None else Answer(delivery.acked, delivery.answer, ts)
