"""The report of an evaluation as one HTML page: figures, confusion matrix, and the wrong ones with their "why"."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment

from tests.bench.scored import NAMES, Line, replies, rows, tally_of

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Reading letters: figures</title>
<style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .6rem; text-align: right }
th:first-child, td:first-child { text-align: left } tr:nth-child(even) { background: #f4f4f4 }
article { border-top: 1px solid #ccc; padding: .6rem 0 } pre { white-space: pre-wrap; margin: .3rem 0 }
.low { background: #fdd } mark { background: #ffe48a }
</style>
<h1>Reading letters: figures</h1>
{% for name, group in sets.items() %}
<h2>{{ name }}: {{ group.lines|length }} letters</h2>
<table><tr><th>language<th>n<th>macro F1<th>exact<th>acted wrongly<th>missed<th>unsure<th>unsure on other
{% for intent in names %}<th>{{ intent }}{% endfor %}
{% for row in group.rows %}<tr><td>{{ row.name }}<td>{{ row.count }}<td>{{ "%.3f"|format(row.macro) }}
{% for share in row.shares.values() %}<td>{{ "%.1f"|format(share * 100) }} %{% endfor %}
{% for value in row.f1 %}<td{% if value is not none and value < 0.85 %} class="low"{% endif %}>
{{ "%.2f"|format(value) if value is not none else "–" }}{% endfor %}
{% endfor %}</table>
<h3>What was read instead</h3>
<table><tr><th>wanted{% for read in names %}<th>{{ read }}{% endfor %}<th>nothing
{% for wanted in names %}<tr><td>{{ wanted }}
{% for read in names + ["nothing"] %}<td>{{ group.confused[(wanted, read)] or "" }}{% endfor %}{% endfor %}</table>
<h3>Replies inside a case</h3>
<table><tr><th>kind<th>right<th>wanted<th>false
{% for kind, right, wanted, extra in group.replies %}<tr><td>{{ kind }}<td>{{ right }}<td>{{ wanted }}<td>{{ extra }}
{% endfor %}</table>
{% if group.shown %}<h3>The wrong ones</h3>
{% for line in group.wrong %}<article><b>{{ line.id }}</b> ({{ line.reading.language }})
wanted {{ line.wanted|sort|join(", ") }},
read {{ line.read|sort|join(", ") }}{% if line.reading.unsure %}, unsure{% endif %}
<pre>{{ line.subject }}
{{ line.body }}</pre>
<ul>{% for why in line.reading.why %}<li>{{ why.intent }} {{ why.score }}: <mark>{{ why.text }}</mark>
{% endfor %}</ul></article>
{% endfor %}{% else %}<p>These letters are only counted, not shown.</p>{% endif %}
{% endfor %}</html>
"""


def write_html(path: Path, sets: Mapping[str, tuple[list[Line], bool]]) -> None:
    """Write the report of `sets`: by name the letters, and whether they may be shown."""
    told = {
        name: {
            "lines": lines,
            "shown": shown,
            "rows": rows(lines),
            "confused": tally_of(lines).confused,
            "replies": replies(lines),
            "wrong": [line for line in lines if not line.exact],
        }
        for name, (lines, shown) in sets.items()
    }
    page = Environment(autoescape=True).from_string(PAGE)
    path.write_text(page.render(sets=told, names=NAMES), encoding="utf-8")
