"""The yearly figures: what is counted as what, and that no page can be made to act."""

import csv
import io
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from responders.report import Entry, Report, Row, records, report
from responders.report_pages import csv_text, guarded, markdown, svg

START = datetime(2026, 3, 2, 15, tzinfo=UTC)


def life(number: int, right: str, *ends: tuple[str, int], laws: str = "ccpa", **facts: object) -> list[Entry]:
    """A request received on 2 March, and (status, days later) of each move."""
    about = {"right": right, "laws": [laws], "received": START.isoformat(), **facts}
    moves = [Entry(number, START, {**about, "to": "identifying"})]
    return moves + [Entry(number, START + timedelta(days=days), {"to": to, **facts}) for to, days in ends]


def figures(*lives: list[Entry], year: int = 2026) -> Report:
    return report(records(entry for each in lives for entry in each).values(), year, "America/Denver")


def row(found: Report, name: str) -> Row:
    return next(each for each in found.california if each.name == name)


def test_each_end_is_counted_as_what_it_is() -> None:
    found = figures(
        life(1, "erase", ("deciding", 1), ("fulfilled", 10)),
        life(2, "erase", ("fulfilled", 20), part=True, ground="legal_obligation"),
        life(3, "erase", ("refused", 5), ground="legal_claims"),
        life(4, "erase", ("expired", 45)),
        life(5, "erase", ("withdrawn", 1)),
        life(6, "erase"),
    )
    erase = row(found, "Delete")
    assert (erase.received, erase.whole, erase.part, erase.denied, erase.unverified) == (6, 1, 1, 2, 1)
    assert (erase.withdrawn, erase.open) == (1, 1)
    assert erase.days == (5, 10, 20, 45)
    assert (erase.mean, erase.median) == (20.0, 15.0)
    assert found.grounds == {"legal_claims": 1, "legal_obligation": 1}


def test_know_takes_access_and_portability_and_only_californians_stand_in_californias_table() -> None:
    found = figures(life(1, "access"), life(2, "portability"), life(3, "access", laws="gdpr"))
    assert row(found, "Know").received == 2
    assert next(each for each in found.everyone if each.name == "Know").received == 3


def test_a_request_taken_up_again_is_open_until_it_is_answered_anew() -> None:
    again = life(1, "access", ("refused", 3), ("deciding", 9), ("fulfilled", 12))
    assert row(figures(again), "Know").days == (12,)
    assert row(figures(again[:-1]), "Know").open == 1


def test_an_appeal_is_no_second_request() -> None:
    found = figures(life(1, "erase", ("refused", 3)), life(2, "erase", ("refused", 9), dispute="appeal"))
    assert row(found, "Delete").received == 1
    assert found.appeals.received == 1


def test_the_year_is_that_of_the_companys_own_clock() -> None:
    new_year = {"received": datetime(2027, 1, 1, 3, tzinfo=UTC).isoformat()}
    assert row(figures(life(1, "erase", **new_year)), "Delete").received == 1
    assert row(figures(life(1, "erase", **new_year), year=2027), "Delete").received == 0


def test_a_letter_that_turned_out_to_be_another_right_is_counted_once_as_that() -> None:
    sorted_ = [*life(1, "other"), *life(1, "rectify", ("fulfilled", 4))]
    assert row(figures(sorted_), "Correct").received == 1


def test_no_cell_is_a_formula_and_every_row_has_all_columns() -> None:
    found = figures(life(1, "erase", ("refused", 3), ground='=HYPERLINK("http://x")'))
    read = list(csv.reader(io.StringIO(csv_text(found))))
    assert not [cell for line in read for cell in line if cell[:1] in "=+-@" and cell]
    assert [line for line in read if line[1] == "ground"] == [["2026", "ground", '\'=HYPERLINK("http://x")', "1"]]
    assert guarded("\tx") == "'\tx"
    assert guarded("Delete") == "Delete"


def test_the_page_says_where_the_figures_come_from_and_the_plot_is_a_picture_of_them() -> None:
    found = figures(life(1, "erase", ("fulfilled", 3)), life(2, "access", ("fulfilled", 4)))
    page = markdown(found, "Opterre")
    assert "11 CCR 7102" in page
    assert "| Delete | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 3 | 3 |" in page
    picture = ElementTree.fromstring(svg(found))
    texts = "".join(picture.itertext())
    assert "Delete: 1 complied in whole" in texts
    assert not [each for each in picture.iter() if each.tag.endswith(("script", "image"))]


def test_a_year_without_requests_has_its_page_too() -> None:
    found = figures(year=2031)
    assert "| Delete | 0 |" in markdown(found, "Opterre")
    assert ElementTree.fromstring(svg(found)) is not None
