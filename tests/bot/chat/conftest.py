"""The town of these tests, with a customers' channel."""

from tests.bot.slack.conftest import town

__all__ = ["town"]
