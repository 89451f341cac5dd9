"""The Web API methods for messages, channels and users: arguments in, the body of the answer out."""

from collections.abc import Callable
from copy import deepcopy

from bot.demo.servers.slack_errors import ApiError, found, required, truth
from bot.demo.servers.slack_limits import message_problems
from bot.demo.servers.slack_things import BOT, BOT_ID, TEAM, Channel, Json, Message
from bot.demo.servers.slack_world import World

TEXT_CUT = 40_000


class MessageMethods:
    """`table` maps the method's name to what does it. `told` hears of every event the bot's own acts cause."""

    def __init__(self, world: World, told: Callable[[Json, Channel], None]) -> None:
        self.world = world
        self.told = told
        self.table: dict[str, Callable[[Json], Json]] = {
            "auth.test": self.auth_test,
            "chat.postMessage": self.post_message,
            "chat.postEphemeral": self.post_ephemeral,
            "chat.update": self.update,
            "chat.delete": self.delete,
            "chat.getPermalink": self.permalink,
            "conversations.history": self.history,
            "conversations.replies": self.replies,
            "conversations.info": self.channel_info,
            "conversations.list": self.channel_list,
            "conversations.members": self.channel_members,
            "conversations.open": self.open_direct,
            "reactions.add": self.add_reaction,
            "users.info": self.user_info,
            "users.lookupByEmail": self.user_by_mail,
        }

    def auth_test(self, _args: Json) -> Json:
        identity = {"url": "https://opterre.example/", "team": "Opterre", "team_id": TEAM, "user": "rightsdesk"}
        return identity | {"user_id": BOT, "bot_id": BOT_ID, "is_enterprise_install": False}

    # messages

    def post_message(self, args: Json) -> Json:
        place = self._place(args, by_name=True)
        if BOT not in place.members:
            raise ApiError("not_in_channel")
        if place.is_archived:
            raise ApiError("is_archived")
        message = self.world.post(self._written(args, place))
        shape = message.as_slack(metadata=True)
        self.told({**message.as_slack(), "event_ts": message.ts}, place)
        return {"channel": place.id, "ts": message.ts, "message": shape}

    def post_ephemeral(self, args: Json) -> Json:
        place = self._place(args)
        message = self._written(args, place)
        message.only_for = required(args, "user")
        if message.only_for not in place.members:
            raise ApiError("user_not_in_channel")
        return {"message_ts": self.world.post(message).ts}

    def update(self, args: Json) -> Json:
        message = self._own_message(args, "cant_update_message")
        before = message.as_slack()
        new = {key: args[key] for key in ("text", "blocks", "metadata") if args.get(key) is not None}
        if "text" not in new and "blocks" not in new:
            raise ApiError("no_text")
        check_blocks(new.get("blocks"))
        self.world.rewrite(message, new)
        place = self.world.channels[message.channel]
        changed: Json = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": self.world.new_ts()}
        self.told(changed | {"message": message.as_slack(), "previous_message": before}, place)
        return {"channel": place.id, "ts": message.ts, "text": message.text, "message": message.as_slack()}

    def delete(self, args: Json) -> Json:
        message = self._own_message(args, "cant_delete_message")
        self.world.remove(message)
        return {"channel": message.channel, "ts": message.ts}

    def permalink(self, args: Json) -> Json:
        place = self._place(args)
        ts = required(args, "message_ts")
        if ts not in place.messages:
            raise ApiError("message_not_found")
        return {"channel": place.id, "permalink": f"https://opterre.example/archives/{place.id}/p{ts.replace('.', '')}"}

    def add_reaction(self, args: Json) -> Json:
        message = self._message(args, "timestamp")
        users = message.reactions.setdefault(required(args, "name"), [])
        if BOT in users:
            raise ApiError("already_reacted")
        users.append(BOT)
        self.world.changes.tell("message", message.channel)
        return {}

    # reading

    def history(self, args: Json) -> Json:
        """Newest first and without replies; metadata only when asked for, as in Slack."""
        place = self._place(args)
        oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "99999999999")
        roots = [
            message
            for message in reversed(place.messages.values())
            if message.thread_ts is None and self._between(message.ts, oldest, latest, truth(args.get("inclusive")))
        ]
        return self._page(args, roots)

    def replies(self, args: Json) -> Json:
        place = self._place(args)
        thread = place.thread(required(args, "ts"))
        if not thread:
            raise ApiError("thread_not_found")
        return self._page(args, thread)

    def channel_info(self, args: Json) -> Json:
        return {"channel": self._place(args).as_slack()}

    def channel_list(self, _args: Json) -> Json:
        open_ones = [place.as_slack() for place in self.world.channels.values() if not place.is_im]
        return {"channels": open_ones, "response_metadata": {"next_cursor": ""}}

    def channel_members(self, args: Json) -> Json:
        return {"members": sorted(self._place(args).members), "response_metadata": {"next_cursor": ""}}

    def open_direct(self, args: Json) -> Json:
        user = required(args, "users")
        known = self.world.users.get(user)
        if known is None:
            raise ApiError("user_not_found")
        if known.is_bot:
            raise ApiError("cannot_dm_bot")
        if known.deleted:
            raise ApiError("user_disabled")
        return {"channel": self.world.direct(user).as_slack()}

    def user_info(self, args: Json) -> Json:
        user = self.world.users.get(required(args, "user"))
        if user is None:
            raise ApiError("user_not_found")
        return {"user": user.as_slack()}

    def user_by_mail(self, args: Json) -> Json:
        for user in self.world.users.values():
            if user.email and user.email == required(args, "email") and not user.is_stranger and not user.deleted:
                return {"user": user.as_slack()}
        raise ApiError("users_not_found")

    # helpers

    def _place(self, args: Json, *, by_name: bool = False) -> Channel:
        name = required(args, "channel")
        if name in self.world.users and by_name:  # chat.postMessage opens the direct channel by itself
            return self.world.direct(name)
        if name not in self.world.channels and not by_name:
            raise ApiError("channel_not_found")
        return found(lambda: self.world.channel(name), "channel_not_found")

    def _message(self, args: Json, key: str = "ts") -> Message:
        place, ts = self._place(args), required(args, key)
        return found(lambda: place.messages[ts], "message_not_found")

    def _own_message(self, args: Json, error: str) -> Message:
        message = self._message(args)
        if not message.is_bot:
            raise ApiError(error)
        return message

    def _written(self, args: Json, place: Channel) -> Message:
        text, blocks = args.get("text") or "", args.get("blocks") or []
        if not (text or blocks or args.get("attachments")):
            raise ApiError("no_text")
        check_blocks(blocks)
        check_metadata(args.get("metadata"))
        if (thread := args.get("thread_ts")) and thread not in place.messages:
            raise ApiError("thread_not_found")
        metadata = deepcopy(args.get("metadata")) or None
        return Message(place.id, self.world.new_ts(), BOT, text[:TEXT_CUT], blocks, thread or None, metadata)

    def _page(self, args: Json, messages: list[Message]) -> Json:
        start, limit = int(args.get("cursor") or 0), int(args.get("limit") or 100)
        page, rest = messages[start : start + limit], messages[start + limit :]
        metadata = truth(args.get("include_all_metadata"))
        shapes = [self._with_replies(message, metadata=metadata) for message in page]
        cursor = str(start + limit) if rest else ""
        return {"messages": shapes, "has_more": bool(rest), "response_metadata": {"next_cursor": cursor}}

    def _with_replies(self, message: Message, *, metadata: bool) -> Json:
        shape = message.as_slack(metadata=metadata)
        thread = self.world.channels[message.channel].thread(message.ts)[1:]
        if thread:
            users = sorted({reply.user for reply in thread})
            shape |= {"thread_ts": message.ts, "reply_count": len(thread), "reply_users": users}
            shape["latest_reply"] = thread[-1].ts
        return shape

    def _between(self, ts: str, oldest: str, latest: str, inclusive: bool) -> bool:
        at, start, end = float(ts), float(oldest), float(latest)
        return start <= at <= end if inclusive else start < at < end


def check_blocks(blocks: object) -> None:
    if blocks and (problems := message_problems(blocks)):
        raise ApiError("invalid_blocks", problems)


def check_metadata(metadata: object) -> None:
    if metadata and not (isinstance(metadata, dict) and {"event_type", "event_payload"} <= metadata.keys()):
        raise ApiError("invalid_metadata_format")
