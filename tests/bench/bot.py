"""The bot as it is measured: every part is the real one, but staff are a room that accepts everything.

`python -m tests.bench.bot CONFIG.json [PROFILE]`
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

from bot import logs
from bot.app import App
from bot.config import Config
from responders.case.ticket import Ticket


class Accepts:
    """Staff who take note of everything at once."""

    async def show(self, ticket: Ticket) -> None:
        pass

    async def tell(self, ticket: Ticket, text: str, *, loud: bool) -> None:
        pass

    async def remind(self, ticket: Ticket, kind: str) -> None:
        pass

    async def give_task(self, ticket: Ticket, processor: str, how: str) -> None:
        pass

    async def announce(self, text: str) -> None:
        pass


async def main(path: str) -> None:
    config = Config(**json.loads(Path(path).read_text()))
    logs.set_up(config.log.format, config.log.level)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    app = await App.build(config)
    app.staff = Accepts()
    await app.start()
    await stopped.wait()
    await app.stop()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        import cProfile

        cProfile.run("asyncio.run(main(sys.argv[1]))", sys.argv[2])
    else:
        asyncio.run(main(sys.argv[1]))
