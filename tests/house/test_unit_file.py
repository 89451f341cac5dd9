"""The systemd unit is one that systemd understands, and is as shut as a mail program can be."""

import subprocess
from pathlib import Path

from tests.servers import require

UNIT = Path(__file__).parents[2] / "deploy" / "rightsdesk.service"


def analyze(*arguments: str) -> str:
    program = require("systemd-analyze", "systemd")
    done = subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_systemd_understands_every_line_of_the_unit() -> None:
    complaints = analyze("verify", str(UNIT)).splitlines()
    assert [line for line in complaints if "is not executable" not in line] == []  # it is not installed here


def test_the_unit_is_as_shut_as_it_can_be() -> None:
    """2.0 of 10, where 10 is wide open; what is left is the network, which it needs."""
    said = analyze("security", "--offline=true", "--threshold=20", str(UNIT))
    exposure = float(said.rpartition("rightsdesk.service:")[2].split()[0])
    assert exposure < 2.0, said
