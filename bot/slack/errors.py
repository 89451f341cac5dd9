"""Slack's ways of saying no, in the two words of the house: away for now, or refused."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.ports import Refused, Unreachable

LATER = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
SHUT = {
    "invalid_auth": "the bot token is not valid: set RIGHTSDESK_SLACK__BOT_TOKEN to the token of the installed app",
    "not_authed": "there is no bot token: set RIGHTSDESK_SLACK__BOT_TOKEN",
    "account_inactive": "the app was removed from the workspace: install it again",
    "token_revoked": "the bot token was revoked: install the app again",
    "token_expired": "the bot token has expired: install the app again",
    "not_allowed_token_type": "bot token and app token are mixed up: xoxb-… is the bot token, xapp-… the app token",
    "missing_scope": "a permission is missing: install the app again from bot/slack/manifest.yaml",
    "channel_not_found": "the channel is not known there: write its ID (C0…), and /invite the bot if it is private",
    "not_in_channel": "the bot is not in the channel: /invite it there",
    "is_archived": "the channel is archived: open it again or name another",
}
"""What people put right in Slack or in the configuration: nothing may be lost by it, so it is tried again later."""
GONE = frozenset({"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"})
TOO_BIG = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})


class Gone(Refused):
    """The message that was to be changed or answered is no longer there, or not ours to change."""


class BadBlocks(Refused):
    """Slack does not take these blocks."""


@contextmanager
def asking_slack() -> Iterator[None]:
    """Turns whatever goes wrong with a call inside into Unreachable or Refused."""
    try:
        yield
    except SlackApiError as error:
        raise translated(error) from None
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Unreachable(f"Slack does not answer ({type(error).__name__})") from error


def translated(error: SlackApiError) -> Unreachable | Refused:
    """What an answer with an error means."""
    status, code = status_of(error), code_of(error)
    if status == 429 or status >= 500 or code in LATER:
        return Unreachable(f"Slack asks to come back later ({code or status})")
    if code in SHUT:
        return Unreachable(f"Slack: {SHUT[code]} ({code})")
    if code in GONE:
        return Gone(status, f"Slack: {code}")
    if code in TOO_BIG:
        return BadBlocks(status, f"Slack: {code}")
    return Refused(status, f"Slack: {code or 'an answer that is not understood'}")


def status_of(error: SlackApiError) -> int:
    """The HTTP status; the library hands over its own answer or, for a body that is no JSON, the raw one."""
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def code_of(error: SlackApiError) -> str:
    """Slack's word for the error, or ""."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""
