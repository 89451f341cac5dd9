"""Answering one person: words that only they see, and forms that open at once and are filled afterwards."""

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Refused, Unreachable
from bot.slack.blocks import Json, esc, notice
from bot.slack.errors import asking_slack

TOO_LATE = "The form could not be opened in time: please click again."
_log = structlog.get_logger("slack")


class Talk:
    """`channel` is where a word goes that has no place of its own."""

    def __init__(self, client: AsyncWebClient, channel: str) -> None:
        self._client, self._channel = client, channel

    async def opened(self, body: Json, *, wait: str = "One moment …", title: str = "Privacy desk") -> str | None:
        """An empty form, opened before anything else: a trigger lives three seconds. None where Slack would not."""
        try:
            with asking_slack():
                opened = await self._client.views_open(trigger_id=body["trigger_id"], view=notice(wait, title))
        except (Unreachable, Refused) as error:
            _log.warning("form not opened", error=str(error))
            await self.tell(body, TOO_LATE)
            return None
        view = opened.get("view")
        return str(view["id"]) if isinstance(view, dict) else None

    async def fill(self, view_id: str | None, view: Json) -> None:
        """Put the real form, or a word, into an opened one."""
        if view_id is None:
            return
        try:
            with asking_slack():
                await self._client.views_update(view_id=view_id, view=view)
        except (Unreachable, Refused) as error:  # it was closed meanwhile, or Slack is away: nothing was done by it
            _log.warning("form not filled", error=str(error))

    async def tell(self, body: Json, text: str, blocks: list[Json] | None = None, *, marked: bool = False) -> None:
        """A word to the person behind `body`, seen by nobody else; `marked`: the text is our own mrkdwn."""
        user, channel = body.get("user") or {}, body.get("channel") or {}
        container = body.get("container") or {}
        try:
            with asking_slack():
                await self._client.chat_postEphemeral(
                    channel=str(channel.get("id") or body.get("channel_id") or self._channel),
                    user=str(user.get("id") or body.get("user_id")),
                    text=text if marked else esc(text),
                    blocks=blocks,
                    thread_ts=container.get("thread_ts"),
                    link_names=False,
                    parse="none",
                )
        except (Unreachable, Refused) as error:
            _log.warning("not told", error=str(error))
