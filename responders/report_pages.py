"""The yearly figures written down: Markdown to publish, CSV for a spreadsheet, a plot in SVG. All as text, all pure."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from html import escape

from responders.report import Report, Row

HEADINGS = (
    "request",
    "received",
    "complied in whole",
    "complied in part",
    "denied",
    "of these unverified",
    "withdrawn",
    "open",
    "mean days",
    "median days",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet."""


def cells(row: Row) -> tuple[str, ...]:
    """A row as it is read."""
    numbers = (row.received, row.whole, row.part, row.denied, row.unverified, row.withdrawn, row.open)
    return (row.name, *map(str, numbers), number(row.mean), number(row.median))


def number(value: float | None) -> str:
    """ "12.5", "12", or "" where there is none."""
    return "" if value is None else f"{value:g}"


def markdown(report: Report, company: str) -> str:
    """The page that a company may publish by 1 July (11 CCR 7102(a)(2))."""
    lines = [
        f"# Privacy requests to {company} in {report.year}",
        "",
        "Compiled after 11 CCR 7102, by the day on which a request was received. Days are calendar days from receipt "
        "to the answer. Requests that could not be verified count as denied; those that the person took back count "
        "as neither.",
        "",
        "## California (requests counted by the CCPA)",
        "",
        *table(report.california),
        "",
        "## Everyone",
        "",
        *table((*report.everyone, report.appeals)),
        "",
    ]
    if report.grounds:
        lines += ["## Grounds of denials", "", "| ground | requests |", "|---|---:|"]
        lines += [f"| {plain(ground)} | {count} |" for ground, count in report.grounds.items()]
        lines.append("")
    return "\n".join([*lines, f"![Requests by outcome](report-{report.year}.svg)", ""])


def table(rows: Sequence[Row]) -> Iterator[str]:
    """A table in Markdown."""
    yield "| " + " | ".join(HEADINGS) + " |"
    yield "|---" + "|---:" * (len(HEADINGS) - 1) + "|"
    for row in rows:
        yield "| " + " | ".join(plain(cell) or "–" for cell in cells(row)) + " |"


def plain(cell: str) -> str:
    """A cell that can't end its column."""
    return cell.replace("|", "\\|").replace("\n", " ")


def csv_text(report: Report) -> str:
    """The same figures, one row a scope and kind."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["year", "scope", *HEADINGS])
    for scope, rows in (("california", report.california), ("everyone", (*report.everyone, report.appeals))):
        for row in rows:
            writer.writerow([guarded(cell) for cell in (str(report.year), scope, *cells(row))])
    for ground, count in report.grounds.items():
        writer.writerow([guarded(cell) for cell in (str(report.year), "ground", ground, str(count))])
    return out.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


OUTCOMES: tuple[tuple[str, str, Callable[[Row], int]], ...] = (
    ("complied in whole", "#2f7d5b", lambda row: row.whole),
    ("in part", "#8cc0a4", lambda row: row.part),
    ("denied", "#b5483a", lambda row: row.denied),
    ("withdrawn", "#b9b4a7", lambda row: row.withdrawn),
    ("open", "#e3b341", lambda row: row.open),
)
WIDTH, BAR, STEP, LEFT, TOP = 760, 22, 40, 210, 92


def svg(report: Report) -> str:
    """A bar for each kind of request, by outcome; readable without colours by its numbers."""
    rows = (*report.everyone, report.appeals)
    longest = max([1, *(row.received for row in rows)])
    unit = (WIDTH - LEFT - 130) / longest
    height = TOP + STEP * len(rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="14" fill="#1f2328">',
        f"<title>Privacy requests received in {report.year}, by outcome</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="34" font-size="20" font-weight="600">Privacy requests received in {report.year}</text>',
        *legend(),
    ]
    for place, row in enumerate(rows):
        parts += bar(row, TOP + STEP * place, unit)
    return "\n".join([*parts, "</svg>", ""])


def legend() -> Iterator[str]:
    """What each colour means."""
    x = 16.0
    for name, colour, _ in OUTCOMES:
        yield f'<rect x="{x:g}" y="52" width="14" height="14" rx="3" fill="{colour}"/>'
        yield f'<text x="{x + 20:g}" y="64">{escape(name)}</text>'
        x += 36 + 7.6 * len(name)


def bar(row: Row, y: int, unit: float) -> Iterator[str]:
    """One kind of request."""
    yield f'<text x="{LEFT - 12}" y="{y + 16}" text-anchor="end">{escape(row.name)}</text>'
    x = float(LEFT)
    for name, colour, count in OUTCOMES:
        value = count(row)
        if value:
            width = value * unit
            label = f"{row.name}: {value} {name}"
            yield f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}">'
            yield f"<title>{escape(label)}</title></rect>"
            x += width
    days = f"  ø {number(row.mean)} days" if row.mean is not None else ""
    yield f'<text x="{x + 8:.1f}" y="{y + 16}">{row.received}<tspan fill="#6b7280">{days}</tspan></text>'
