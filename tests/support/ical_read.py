"""Reads calendar objects, a JSON text a line, by the package icalendar, and prints what it finds in them for
tests/support/agree.mjs. Exits 1 where the zones in a file and the package's own disagree on an instant.
"""

import json
import sys
import zoneinfo
from datetime import UTC

from icalendar import Calendar

# The database of the package tzdata, of a pinned version: the machine's can be years old.
zoneinfo.reset_tzpath([])


def instant(event, name, zones):
    at = event[name].dt
    tzid = event[name].params.get("TZID")
    package = int(at.astimezone(UTC).timestamp())
    if not tzid:
        return package
    file = int(at.replace(tzinfo=zones[tzid]).astimezone(UTC).timestamp())
    if file != package:
        sys.exit(f"{name} in {tzid}: {file} by the file, {package} by the package")
    return file


def person(value):
    return {"cn": str(value.params["CN"]), "address": str(value).removeprefix("mailto:")}


def shown(event, zones):
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "begin": instant(event, "DTSTART", zones),
        "end": instant(event, "DTEND", zones),
        "summary": str(event["SUMMARY"]),
        "location": str(event["LOCATION"]) if "LOCATION" in event else None,
        "description": str(event["DESCRIPTION"]) if "DESCRIPTION" in event else None,
        "organiser": person(event["ORGANIZER"]),
        "attendees": [
            {**person(a), "partstat": str(a.params["PARTSTAT"]), "role": str(a.params["ROLE"])} for a in attendees
        ],
    }


for line in sys.stdin:
    calendar = Calendar.from_ical(json.loads(line))
    zones = {str(zone["TZID"]): zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}
    events = [shown(event, zones) for event in calendar.walk("VEVENT")]
    print(json.dumps({"method": str(calendar["METHOD"]), "events": events}))
