"""Real servers for the tests, on loopback and random ports, each in a folder of its own.

Where one is not installed its tests are skipped with the reason; under RIGHTSDESK_REQUIRE=all they fail instead.
"""

import os
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SBIN = "/usr/sbin:/usr/lib/postfix/sbin:/usr/lib/dovecot"


def missing(reason: str) -> None:
    """End the test: something it needs is not on this machine."""
    if os.environ.get("RIGHTSDESK_REQUIRE") == "all":
        pytest.fail(f"required, but {reason}")
    pytest.skip(reason)


def require(program: str, package: str) -> Path:
    """Where `program` is. Skips (or fails, see above) where it is not installed."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:{SBIN}")
    if found is None:
        missing(f"{program} is not installed (Debian: {package})")
    return Path(str(found))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Wait for the world to get there; AssertionError with `what` if it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds:g} s in vain: {what}"
        time.sleep(0.005)
