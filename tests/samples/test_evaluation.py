"""The evaluation's report: figures, and every text escaped; letters that only measure are not shown."""

import json
from pathlib import Path

from tests.bench.evaluate_html import write_html
from tests.bench.scored import rows, scored

LETTER = {
    "id": "xx-001",
    "lang": "en",
    "channel": "chat",
    "subject": "",
    "body": "<script>alert(1)</script> where is my parcel",
    "intents": ["erase"],
    "also_fair": [],
    "case_reply": None,
    "split": "dev",
}


def test_the_report_escapes_what_people_write_and_hides_what_only_measures(tmp_path: Path) -> None:
    source = tmp_path / "en.jsonl"
    source.write_text(json.dumps(LETTER) + "\n", encoding="utf-8")
    lines = list(scored(source, "dev"))
    assert rows(lines)[0].shares["exact"] == 0
    page = tmp_path / "report.html"
    write_html(page, {"looked at": (lines, True)})
    assert "&lt;script&gt;alert(1)" in page.read_text(encoding="utf-8")
    write_html(page, {"held": (lines, False)})
    assert "alert(1)" not in page.read_text(encoding="utf-8")
