"""The town of these tests, open and connected."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.slack.town import Office, office


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as opened:
        yield opened
