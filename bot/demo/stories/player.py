"""Playing stories: each in a fresh town, printed, and judged."""

import time
from collections.abc import Callable, Iterable

from bot.demo.ground import Ground
from bot.demo.stories.shelf import Story
from bot.demo.stories.stage import TUESDAY, NotAsTold, Stage
from bot.demo.town import Town

Say = Callable[[str], None]


async def play(story: Story, say: Say, ground: Ground | None = None) -> None:
    """Play one story to its end, in a town of its own. Raises NotAsTold, and whatever else goes wrong."""
    async with Town(TUESDAY, ground) as town:
        stage = Stage(town, say)
        await story.play(stage)
        await stage.ends()


async def play_all(stories: Iterable[Story], say: Say) -> list[str]:
    """Play stories one after the other; returns the names of those that did not end as they should."""
    failed = []
    began = time.monotonic()
    chosen = list(stories)
    ground = await Ground.prepare()
    for story in chosen:
        say(f"\n━━ {story.name}: {story.title}")
        try:
            await play(story, say, ground)
        except (NotAsTold, LookupError, TimeoutError) as error:
            say(f"✗ {story.name}: {type(error).__name__}: {error}")
            failed.append(story.name)
        else:
            say(f"✓ {story.name}")
    await ground.clear()
    seconds = time.monotonic() - began
    say(f"\n{len(chosen) - len(failed)} of {len(chosen)} stories ended as they should, in {seconds:.0f} s.")
    if failed:
        say(f"Not as told: {', '.join(failed)}")
    return failed
