"""The named points of the kill loop are still where they were."""

from tests.crash.points import POINTS, holder_of


def test_every_point_names_something_that_is_there_and_has_a_name_of_its_own() -> None:
    for point in POINTS:
        holder, name = holder_of(point)
        assert callable(getattr(holder, name)), point.name
    assert len({point.name for point in POINTS}) == len(POINTS) >= 25
