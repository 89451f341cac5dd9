"""Every story of the town as a journey: Anna the data subject, Olga and Ivan the staff, Mailer Inc. the processor."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.demo.ground import Ground
from bot.demo.stories.player import play
from bot.demo.stories.shelf import Story, stories

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def ground() -> AsyncIterator[Ground]:
    prepared = await Ground.prepare()
    yield prepared
    await prepared.clear()


@pytest.mark.parametrize("story", stories().values(), ids=lambda story: story.name)
async def test_story(story: Story, ground: Ground) -> None:
    told: list[str] = []
    try:
        await play(story, told.append, ground)
    except Exception:
        print("\n".join(told))
        raise
