"""The clock on a person's wall, from where they live: the zone in which most of the country's people are.

A zone only ever moves a date to the earlier side (LAW.md section 3), so a person in a country's smaller zone loses
nothing that the law gives.
"""

CAPITALS = {
    "Europe": "AT:Vienna BE:Brussels BG:Sofia CH:Zurich CZ:Prague DE:Berlin DK:Copenhagen EE:Tallinn ES:Madrid "
    "FI:Helsinki FR:Paris GB:London GR:Athens HR:Zagreb HU:Budapest IE:Dublin IT:Rome LI:Vaduz LT:Vilnius "
    "LU:Luxembourg LV:Riga MT:Malta NL:Amsterdam NO:Oslo PL:Warsaw PT:Lisbon RO:Bucharest SE:Stockholm "
    "SI:Ljubljana SK:Bratislava",
    "Asia": "CY:Nicosia",
    "Atlantic": "IS:Reykjavik",
    "America": "BR:Sao_Paulo CA-QC:Toronto CA-ON:Toronto CA-BC:Vancouver CA-AB:Edmonton CA-MB:Winnipeg CA-NS:Halifax "
    "US-CA:Los_Angeles US-NV:Los_Angeles US-OR:Los_Angeles US-WA:Los_Angeles "
    "US-CO:Denver US-UT:Denver US-MT:Denver "
    "US-TX:Chicago US-IA:Chicago US-MN:Chicago US-NE:Chicago US-TN:Chicago US-OK:Chicago US-LA:Chicago US-AL:Chicago "
    "US-VA:New_York US-CT:New_York US-FL:New_York US-NH:New_York US-NJ:New_York US-DE:New_York US-MD:New_York "
    "US-IN:New_York US-KY:New_York US-RI:New_York US-VT:New_York US-NY:New_York",
}
"""Area of the IANA database to "place:city"; places in ISO 3166."""
ZONES = {
    place: f"{area}/{city}"
    for area, places in CAPITALS.items()
    for place, _, city in (each.partition(":") for each in places.split())
}


def zone_of(residence: str | None) -> str | None:
    """The zone of a residence ("DE", "US-CA", "GB-NIR"), or None where the place has several or is not known."""
    code = (residence or "").upper()
    return ZONES.get(code) or ZONES.get(code.partition("-")[0])
