"""Two brands with a Slack each: what one's staff click or ask can reach nothing of the other's."""

import json
from pathlib import Path

from bot.demo.servers.slack_things import DESK, OLGA
from responders.case.ticket import Status
from tests.bot.slack.town import HOUSE, office
from tests.storage.places import desk_of, opened


async def test_a_button_with_the_number_of_the_other_brands_ticket_does_nothing(tmp_path: Path) -> None:
    async with office(tmp_path, brand="south") as town:
        north = desk_of(town.store.of("north"), town.hours, house=HOUSE)
        theirs = await opened(north)
        ours = await town.decidable()
        shown = json.loads(json.dumps(town.card.as_slack()).replace(f'"{ours.number}:', f'"{theirs.number}:'))
        await town.slack.click(OLGA, DESK, town.card.ts, "approve", shown=shown)
        assert f"no ticket {theirs.number}" in await town.hears(OLGA)
        assert (await town.desk.ticket(ours.number)).status is Status.DECIDING
        assert (await north.ticket(theirs.number)).version == theirs.version
        await town.slack.command(OLGA, "/rightsdesk", str(theirs.number))
        assert f"no ticket {theirs.number}" in await town.hears(OLGA, 2)
