"""The two ways into the town: its page, and its stories."""

import asyncio
import errno
import signal

from bot import logs


def run_page(port: int | None) -> int:
    """Serve the page until Ctrl-C; prints its address and opens nothing else. 1 where the port can't be had."""
    logs.set_up("console", "ERROR")
    try:
        asyncio.run(_serve(port or 0))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        why = "taken" if error.errno == errno.EADDRINUSE else "not open to you"
        print(f"Port {port} is {why}: choose another, or leave --port out.")  # noqa: T201
        return 1
    return 0


async def _serve(port: int) -> None:
    from bot.demo.page import Page
    from bot.demo.town import Town

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with Town() as town:
        page = Page(town, port)
        await page.start()
        print(f"The town is open: {page.address}\nCtrl-C closes it.", flush=True)  # noqa: T201 - the address is the way in
        await stopping.wait()
        await page.stop()


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
