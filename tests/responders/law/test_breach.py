"""The clocks of a breach: the policy's promise is the shortest for people, and hours run through everything."""

from datetime import UTC, date, datetime

from responders.law.breach import breach_clocks

AWARE = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


def test_our_own_promise_runs_first_and_skips_thanksgiving() -> None:
    clocks = breach_clocks(AWARE, controller_tz="America/Denver", residences=["DE", "US-CA"])
    assert [clock.regime for clock in clocks] == ["policy", "gdpr-33", "ca-1798.82"]
    assert [clock.due for clock in clocks] == [date(2026, 11, 27), date(2026, 11, 28), date(2026, 12, 25)]


def test_seventy_two_hours_are_elapsed_hours() -> None:
    (clock,) = (one for one in breach_clocks(AWARE, controller_tz="America/Denver") if one.regime == "gdpr-33")
    assert clock.due_at == datetime(2026, 11, 28, 17, 0, tzinfo=UTC)


def test_brazil_counts_its_own_working_days() -> None:
    # 20 November 2026, a Friday, is a holiday in Brazil
    clocks = breach_clocks(datetime(2026, 11, 18, 12, tzinfo=UTC), controller_tz="America/Denver", residences=["BR"])
    assert [(clock.regime, clock.due) for clock in clocks] == [
        ("policy", date(2026, 11, 19)),
        ("lgpd-48", date(2026, 11, 24)),
    ]


def test_residences_unknown_start_every_clock() -> None:
    every = {clock.regime for clock in breach_clocks(AWARE, controller_tz="America/Denver")}
    assert every >= {"policy", "gdpr-33", "uk-33", "ca-1798.82", "lgpd-48", "co-breach", "de-breach"}


def test_a_country_alone_starts_its_strictest_part() -> None:
    clocks = breach_clocks(AWARE, controller_tz="America/Denver", residences=["us", "CA"])
    assert {clock.regime for clock in clocks} == {"policy", "ca-1798.82", "pipeda-breach", "quebec-breach"}
