"""K4, K5, K6, K8 and the outages: `python -m tests.crash.faults`: the tests that meet them, counted as a table."""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from tests.crash.ledger import Reckoning
from tests.crash.run import print_table

GROUPS = {
    "K4 mail server: cases": ["tests/crash/test_letters_meet_faults.py", "tests/bot/mail/test_smtp.py"],
    "K5 IMAP: cases": ["tests/bot/mail/test_mailbox_faults.py", "tests/bot/mail/test_mailbox_dovecot.py"],
    "K6 Slack: cases": ["tests/crash/test_slack_meets_faults.py", "tests/bot/slack/test_line.py"],
    "K8 poison mail: cases": ["tests/bot/test_parsing.py"],
    "outages and full disks: cases": ["tests/storage/test_away.py", "tests/crash/test_neighbours_away.py"],
}
"""Each group of cases, and the files that hold them."""


def outcomes(paths: list[str], report: Path) -> Counter[str]:
    """How many cases passed, failed or were skipped."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *paths]
    subprocess.run(command, check=False)
    found: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case}
        found["failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"] += 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="write what was found there as well")
    chosen = parser.parse_args()
    found = Reckoning()
    with tempfile.TemporaryDirectory() as folder:
        for name, paths in GROUPS.items():
            count = outcomes(paths, Path(folder) / "report.xml")
            found.figures[name] = count["passed"] + count["failed"]
            found.count(f"{name.removesuffix('cases')}failed", ["see the log"] * count["failed"])
            if count["skipped"]:
                found.figures[f"{name.removesuffix('cases')}skipped"] = count["skipped"]
    print_table("faults", found)
    found.keep(chosen.json)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
