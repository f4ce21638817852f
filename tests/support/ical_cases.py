"""Reads the cases of domain/examples/ical_cases.rs and holds them against the package icalendar: each event's begin
and end by the VTIMEZONE in the file and by the package's own zones, its title (which is in its location
and description, too) and its names. Exits 1 where one differs.
"""

import json
import re
import sys
import zoneinfo
from datetime import UTC

from icalendar import Calendar

# The database of the package tzdata, of a pinned version: the machine's can be years old.
zoneinfo.reset_tzpath([])


def instants(event, zones):
    """Begin and end in seconds since 1970, by `zones` or, where it is None, by the package's."""
    for name in ("DTSTART", "DTEND"):
        at = event[name].dt
        tzid = event[name].params.get("TZID")
        if tzid and zones is not None:
            at = at.replace(tzinfo=zones[tzid])
        yield int(at.astimezone(UTC).timestamp())


def unescaped(name):
    """As the package reads a parameter: it undoes the escapes of TEXT, though parameters have none (RFC 5545, 3.2)."""
    return re.sub(r"\\([,;:\\])", r"\1", name)


def faults(case):
    calendar = Calendar.from_ical(case["ics"])
    own = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}
    events = calendar.walk("VEVENT")
    if len(events) != len(case["events"]):
        yield f"{len(events)} events"
    for event, wanted in zip(events, case["events"]):
        for whose, zones in (("the file", own), ("the package", None)):
            got = list(instants(event, zones))
            if got != [wanted["begin"], wanted["end"]]:
                yield f"by the zones of {whose} {got}, not {wanted}"
        title = case["title"]
        for name, text in (("SUMMARY", title), ("LOCATION", title), ("DESCRIPTION", f"{title}\n\n{title}")):
            if str(event[name]) != text:
                yield f"{name} {event[name]!r}, not {text!r}"
        attendees = event.get("ATTENDEE", [])
        people = [event["ORGANIZER"], *(attendees if isinstance(attendees, list) else [attendees])]
        names = [str(person.params["CN"]) for person in people]
        if names != [unescaped(name) for name in case["names"]]:
            yield f"names {names!r}, not {case['names']!r}"


count = bad = 0
for line in sys.stdin:
    case = json.loads(line)
    count += 1
    for fault in faults(case):
        bad += 1
        print(f"{case['zone']}: {fault}")
print(f"{count} cases, {bad} faults", file=sys.stderr)
sys.exit(1 if bad or not count else 0)
