"""The two ways into the town: its page, and its stories."""

import asyncio

from bot import logs


def run_stories(name: str) -> int:
    """Play a story, or `all`, or `list` them; the exit code is 0 only if each ended as it should."""
    from bot.demo.stories.player import play_all
    from bot.demo.stories.shelf import stories

    known = stories()
    if name == "list":
        for story in known.values():
            print(f"{story.name:<30} {story.title}")  # noqa: T201 - this is what was asked for
        return 0
    if name != "all" and name not in known:
        print(f"There is no story “{name}”. They are: {', '.join(known)}")  # noqa: T201
        return 2
    logs.set_up("console", "ERROR")
    chosen = list(known.values()) if name == "all" else [known[name]]
    failed = asyncio.run(play_all(chosen, print))
    return 1 if failed else 0
