"""Posting once: before a message goes out that is written down; after a doubt it is looked for by its metadata.

Slack has no key of its own by which a repeated chat.postMessage would be known again.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.slack.blocks import Json
from bot.slack.cards import metadata
from bot.slack.errors import asking_slack
from storage.models import SeenRow
from storage.store import Store

PAGE = 200
SKEW = timedelta(days=1)
"""How far Slack's clock and ours may be apart."""


class AlreadySeen(Exception):
    """This was handled before; the unit that found it is rolled back."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message to be posted once. `key` is its name in metadata, ids only; `since`: it can't be older than this."""

    ticket: int
    key: str
    text: str
    channel: str
    since: datetime
    blocks: list[Json] | None = None
    thread: str | None = None
    loud: bool = False


async def first_time(connection: BaseDBAsyncClient, key: str, now: datetime) -> None:
    """Note an outside event inside a unit of work. Raises AlreadySeen."""
    if await SeenRow.filter(id=key).using_db(connection).exists():
        raise AlreadySeen(key)
    await SeenRow.create(id=key, at=now, using_db=connection)


class Poster:
    """Posts messages at most once each, also across a crash between Slack's yes and our note of it."""

    def __init__(self, client: AsyncWebClient, store: Store, now: Callable[[], datetime]) -> None:
        self._client, self._store, self._now = client, store, now

    async def once(self, post: Post) -> str:
        """The timestamp of the message, posted now or before. Raises Unreachable, Refused."""
        if await self._begun_before(post.key):
            found = await self._find(post)
            if found is not None:
                return found
        with asking_slack():
            response = await self._client.chat_postMessage(
                channel=post.channel,
                text=post.text,
                blocks=post.blocks,
                thread_ts=post.thread,
                reply_broadcast=post.loud if post.thread else None,
                metadata=metadata(post.ticket, post.key),
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                parse="none",
            )
        return str(response["ts"])

    async def _begun_before(self, key: str) -> bool:
        """Write down that the message is about to go out; True if that was written before."""
        id_ = f"post:{key}"[:120]

        async def work(connection: BaseDBAsyncClient) -> bool:
            try:
                await first_time(connection, id_, self._now())
            except AlreadySeen:
                return True
            return False

        return await self._store.database.unit(work)

    async def _find(self, post: Post) -> str | None:
        async for message in self._messages(post):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if message.get("bot_id") and payload.get("key") == post.key:
                return str(message["ts"])
        return None

    async def _messages(self, post: Post) -> AsyncIterator[Json]:
        """The messages among which a lost one must be: the thread's, or the channel's since the ticket opened."""
        cursor = ""
        while True:
            with asking_slack():
                if post.thread is not None:
                    page = await self._client.conversations_replies(
                        channel=post.channel, ts=post.thread, include_all_metadata=True, limit=PAGE, cursor=cursor
                    )
                else:
                    oldest = f"{(post.since - SKEW).timestamp():.6f}"
                    page = await self._client.conversations_history(
                        channel=post.channel, oldest=oldest, include_all_metadata=True, limit=PAGE, cursor=cursor
                    )
            for message in page.get("messages") or ():
                yield message
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
