"""Every story of the town as a journey: Anna the data subject, Olga and Ivan the staff, Mailer Inc. the processor."""

import pytest

from bot.demo.stories.player import play
from bot.demo.stories.shelf import Story, stories


@pytest.mark.parametrize("story", stories().values(), ids=lambda story: story.name)
async def test_story(story: Story) -> None:
    told: list[str] = []
    await play(story, told.append)
    assert any("→" in line or "#" in line for line in told)
