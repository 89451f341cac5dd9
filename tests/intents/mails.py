"""Small mails written for these tests, and where the borrowed ones lie."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared"
MAILS = SHARED / "mails"

needs_mails = pytest.mark.skipif(not MAILS.is_dir(), reason="the folder ../shared/mails is not there")


def mail(body: str = "Please erase my data.", *, head: str = "", sender: str = "Anna <anna@home.example>") -> bytes:
    """A plain mail from Anna; `head` are more header lines."""
    more = "".join(f"{line}\r\n" for line in head.splitlines() if line)
    text = body.replace("\n", "\r\n")
    return f"From: {sender}\r\nTo: privacy@opterre.example\r\n{more}\r\n{text}\r\n".encode()


def with_parts(kind: str, *parts: str, head: str = "") -> bytes:
    """A multipart of `kind`; each part is its header lines, an empty line and its text."""
    inside = "".join(f"--frontier\n{part}\n" for part in parts)
    return mail(f"{inside}--frontier--", head=f'{head}\nContent-Type: multipart/{kind}; boundary="frontier"')


def borrowed(folder: str = "") -> list[Path]:
    """All mail files below ../shared/mails (or one folder of it)."""
    return sorted(path for path in (MAILS / folder).rglob("*") if path.is_file() and path.name != "MANIFEST.md")
