"""Playing stories: each in a fresh town, printed, and judged."""

import time
from collections.abc import Callable, Iterable

from bot.demo.stories.shelf import Story
from bot.demo.stories.stage import TUESDAY, NotAsTold, Stage
from bot.demo.town import Town

Say = Callable[[str], None]


async def play(story: Story, say: Say) -> None:
    """Play one story to its end. Raises NotAsTold, and whatever else goes wrong."""
    async with Town(TUESDAY) as town:
        stage = Stage(town, say)
        await story.play(stage)
        await stage.ends()


async def play_all(stories: Iterable[Story], say: Say) -> list[str]:
    """Play stories one after the other; returns the names of those that did not end as they should."""
    failed = []
    began = time.monotonic()
    chosen = list(stories)
    for story in chosen:
        say(f"\n━━ {story.name}: {story.title}")
        try:
            await play(story, say)
        except (NotAsTold, LookupError, TimeoutError) as error:
            say(f"✗ {story.name}: {type(error).__name__}: {error}")
            failed.append(story.name)
        else:
            say(f"✓ {story.name}")
    seconds = time.monotonic() - began
    say(f"\n{len(chosen) - len(failed)} of {len(chosen)} stories ended as they should, in {seconds:.0f} s.")
    if failed:
        say(f"Not as told: {', '.join(failed)}")
    return failed
