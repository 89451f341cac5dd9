"""The worked examples that lie beside the project: every field they give, from the fields the contract takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from responders.law.line import due_line

VECTORS = Path(__file__).parents[3] / ".." / "shared" / "law" / "vectors.json"
TAKEN = [
    "id",
    "regime",
    "right",
    "received",
    "subject_tz",
    "controller_tz",
    "verified",
    "country",
    "extension",
    "events",
]
EXPECTED = {
    "ack_by": "expected_ack_by",
    "due": "expected_due",
    "extended_due": "expected_extended_due",
    "extension_notice_by": "extension_notice_by",
    "remind_by": "remind_by",
    "due_at_utc": "due_at_utc",
}


@pytest.mark.skipif(not VECTORS.exists(), reason="the worked examples lie beside the project, and are not there")
def test_every_worked_example_comes_out_right_in_every_field() -> None:
    rows: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    wrong = []
    for row in rows:
        line = due_line({key: row[key] for key in TAKEN})
        wrong += [(row["id"], ours, line[ours], row[its]) for ours, its in EXPECTED.items() if line[ours] != row[its]]
        assert line["id"] == row["id"]
        assert line["working"]
    assert len(rows) >= 82
    assert wrong == []
