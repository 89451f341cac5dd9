"""The slack-bolt application: our logger, our account, and listeners for whatever else Slack may send."""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.account import Account
from bot.slack.blocks import Json
from bot.slack.talk import Talk

SORRY = "Something went wrong here. Please look how it stands before you try again; the log says more."
_log = structlog.get_logger("slack")


def application(api_url: str, account: Account) -> AsyncApp:
    """An app that asks auth.test once in all: with a token of its own it would ask for each of the first events.

    Its loggers stay at ERROR: below that they print whole messages, which are personal data.
    """

    async def authorize() -> AuthorizeResult:
        known = await account.known()
        return AuthorizeResult(
            enterprise_id=None,
            team_id=str(known["team_id"]),
            bot_id=str(known["bot_id"]),
            bot_user_id=str(known["user_id"]),
        )

    logger = logging.getLogger("rightsdesk.slack_bolt")
    logger.setLevel(logging.ERROR)
    return AsyncApp(
        name="rightsdesk",
        logger=logger,
        client=AsyncWebClient(base_url=api_url, logger=logger),
        authorize=authorize,
        signing_secret="socket mode has none",  # noqa: S106 - a mark, not a secret
    )


def catch_all(app: AsyncApp, talk: Talk) -> None:
    """Acknowledge what nobody listens to, to be called last: Slack would send it again, or warn the person."""

    async def taken(ack: Callable[..., Awaitable[Any]]) -> None:
        await ack()

    anything = re.compile(r"[\s\S]*")
    for listen in (app.event, app.action, app.view_submission, app.view_closed, app.shortcut, app.options, app.command):
        listen(anything)(taken)

    async def failed(error: Exception, body: Json) -> None:
        """Our own mistake: logged without the body, which may hold what people wrote, and said in words."""
        _log.error("slack listener", kind=str(body.get("type") or body.get("command")), exc_info=error)
        if body.get("user") or body.get("user_id"):
            await talk.tell(body, SORRY)

    app.error(failed)
