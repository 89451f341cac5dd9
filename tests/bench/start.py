"""From the start of the process to its first IMAP command, on a database that is there already.

`python -m tests.bench.start [--runs 5]`
"""

import argparse
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench.world import configuration, running_bot
from tests.servers import until


class Greeter:
    """Says hello like an IMAP server, and notes when the first command came."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.heard: float | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            while True:
                client, _ = self._socket.accept()
                client.sendall(b"* OK hello\r\n")
                client.recv(1000)
                self.heard = self.heard or time.monotonic()
                client.close()
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()


def start(runs: int) -> dict[str, Any]:
    """Seconds to the first command, and the memory of the bot at rest."""
    seconds, pss, rss = [], 0, 0
    with tempfile.TemporaryDirectory(prefix="rightsdesk-bench-") as name:
        for _ in range(runs + 1):
            greeter = Greeter()
            with running_bot(configuration(Path(name), greeter.port, 9, "start"), Path(name)) as bot:
                until(lambda: greeter.heard, "the first command", 60)  # noqa: B023 - called at once
                seconds.append((greeter.heard or 0.0) - bot.started)
                time.sleep(0.5 if runs else 0)
                usage = bot.look()
                pss, rss = usage.pss // 1024, usage.rss // 1024
            greeter.close()
    return {
        "what": "start to first IMAP command", "runs": runs, "first ever s": round(seconds[0], 2),
        "then s": round(statistics.median(seconds[1:]), 2), "rss at rest MiB": rss, "pss at rest MiB": pss,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    print(start(parser.parse_args().runs))


if __name__ == "__main__":
    main()
