"""The response_url of the Slack stand-in: posts in answer to a command or a click, 5 times within 30 minutes."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.servers.slack_limits import message_problems
from bot.demo.servers.slack_things import BOT, Json, Message
from bot.demo.servers.slack_world import World

USES = 5
SECONDS = 30 * 60.0


@dataclass
class ResponseUrl:
    """Where a post to it goes: `message` is what the person clicked on, None after a slash command."""

    channel: str
    user: str
    message: Message | None
    born: float
    uses: int = 0


class Responses:
    """The addresses given out so far, and what came to them."""

    def __init__(self, world: World, seconds: Callable[[], float]) -> None:
        self.world = world
        self.seconds = seconds
        self.url = ""
        self.posts: list[Json] = []
        self._given: dict[str, ResponseUrl] = {}

    def new(self, channel: str, user: str, message: Message | None) -> str:
        name = self.world.number("r")
        self._given[name] = ResponseUrl(channel, user, message, self.seconds())
        return f"{self.url}{name}"

    def post(self, name: str, body: Json) -> tuple[int, str]:
        """HTTP status and text of the answer."""
        self.posts.append(body)
        given = self._given.get(name)
        if given is None or self.seconds() - given.born > SECONDS:
            return 404, "expired_url"
        if given.uses >= USES:
            return 404, "used_url"
        given.uses += 1
        if given.message and body.get("delete_original"):
            self.world.remove(given.message)
        elif given.message and body.get("replace_original"):
            return self._replaced(given.message, body)
        elif problems := self.show(given.channel, given.user, body):
            return 400, problems[0]
        return 200, "ok"

    def show(self, channel: str, user: str, body: Json) -> list[str]:
        """Posts what the app said, to `user` alone unless it says in_channel; returns what Slack refuses in it."""
        if problems := message_problems(body.get("blocks") or []):
            return problems
        if not (body.get("text") or body.get("blocks")):
            return ["no_text"]
        only_for = None if body.get("response_type") == "in_channel" else user
        ts, text, blocks = self.world.new_ts(), body.get("text") or "", body.get("blocks") or []
        thread = body.get("thread_ts")
        self.world.post(Message(channel, ts, BOT, text, blocks, thread_ts=thread, only_for=only_for))
        return []

    def _replaced(self, message: Message, body: Json) -> tuple[int, str]:
        if problems := message_problems(body.get("blocks") or []):
            return 400, problems[0]
        self.world.rewrite(message, {"text": body.get("text") or "", "blocks": body.get("blocks") or []})
        return 200, "ok"
