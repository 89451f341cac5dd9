"""The bot as a process that is killed: `python -m tests.crash.child` loads it once and forks one for each order.

Orders are JSON lines on stdin: {"config": file, "log": file, "point": name or null, "nth": number}. Answers on stdout:
"started PID" and "ended PID SIGNAL". What takes long to load (the bot, the words) is loaded before the fork, so that
the time between two kills is spent at work. Letters are read in the process itself, not in its reading children, whose
start would take longer than the bot lives here; `"readers": true` brings them back.
"""

import asyncio
import gc
import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import bot.app
import bot.slack.door
from bot import logs
from bot.config import Config
from bot.demo.servers.slack_client import forget_proxies
from bot.mail.parsing import Both, ParserPool
from intents.message import Unreadable, read_message
from intents.reader import read_letter
from intents.rights import Intent
from responders.opening import open_tickets
from tests.crash.points import BY_NAME, arm
from tests.responders.cast import HOUSE, request

TICK = 0.3
"""Seconds between two looks of the clock, in place of half a minute."""
FIRST = b"From: first@kundin.example\r\nSubject: my data\r\n\r\nPlease erase my data.\r\n"


class NearReader(ParserPool):
    """Reads in this process."""

    async def read_both(self, raws: Sequence[bytes]) -> list[Both | Unreadable]:
        return await asyncio.to_thread(lambda: [self._one(raw) for raw in raws])

    def _one(self, raw: bytes) -> Both | Unreadable:
        try:
            letter = read_message(raw)
            return letter, read_letter(letter)
        except Unreadable as reason:
            return reason

    async def warm(self) -> None:
        """Nothing to start."""


async def work(config: Config) -> None:
    """As `rightsdesk run` does it."""
    app = await bot.app.App.build(config)
    app.open_slack()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await app.start()
    await stopping.wait()
    await app.stop()


def become_the_bot(order: dict[str, Any]) -> NoReturn:
    """In the fork: run until stopped or killed."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    print(f"--- {datetime.now(UTC):%H:%M:%S.%f} {order}", flush=True)
    config = Config(**json.loads(Path(order["config"]).read_text()))
    logs.set_up(config.log.format, config.log.level)
    bot.app.TICK_SECONDS = TICK
    if not order.get("readers"):
        setattr(bot.app, "ParserPool", NearReader)  # noqa: B010 - it is not the module's to give away
    if order.get("point"):
        arm(BY_NAME[order["point"]], order["nth"])
    code = 1
    try:
        asyncio.run(work(config))
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def main() -> None:
    """Fork on order and tell who ended, until stdin ends."""
    forget_proxies()
    read_letter(read_message(FIRST))
    for intent in (Intent.ERASE, Intent.QUESTION):
        open_tickets([request(intent)], [1], datetime.now(UTC), HOUSE)  # laws and holidays
    gc.freeze()
    waiting = b""
    alive: set[int] = set()
    tell("ready")
    while True:
        if select.select([0], [], [], 0.005)[0]:
            piece = os.read(0, 65_536)
            if not piece:
                break
            *orders, waiting = (waiting + piece).split(b"\n")
            for order in orders:
                pid = os.fork()
                if pid == 0:
                    become_the_bot(json.loads(order))
                alive.add(pid)
                tell(f"started {pid}")
        while alive:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            alive.discard(pid)
            tell(f"ended {pid} {os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)}")
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
