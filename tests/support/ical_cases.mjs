// Reads the cases of domain/examples/ical_cases.rs and holds them against ical.js: each event's begin and end by the
// VTIMEZONE in the file, its title (which is in its location and description, too) and its names. Exits 1 where one differs.
import ICAL from "ical.js";
import { createInterface } from "node:readline";

// As ical.js reads a parameter: it undoes the escapes of TEXT, though parameters have none (RFC 5545, 3.2).
const unescaped = (name) => name.replace(/\\([nN,;\\])/g, (_, c) => (c.toLowerCase() === "n" ? "\n" : c));

function* faults({ ics, events: wanted, title, names }) {
  const calendar = new ICAL.Component(ICAL.parse(ics));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent");
  if (events.length !== wanted.length) yield `${events.length} events`;
  for (const [i, event] of events.entries()) {
    const instants = ["dtstart", "dtend"].map((name) => {
      const property = event.getFirstProperty(name);
      const at = property.getFirstValue();
      const tzid = property.getParameter("tzid");
      const zone = tzid ? ICAL.TimezoneService.get(tzid) : ICAL.Timezone.utcTimezone;
      if (!zone || at.zone.tzid !== zone.tzid) return `in no zone: ${tzid}`;
      return at.toUnixTime();
    });
    const { begin, end } = wanted[i] ?? {};
    if (instants[0] !== begin || instants[1] !== end) yield `${instants}, not ${begin},${end}`;
    for (const [name, text] of [["summary", title], ["location", title], ["description", `${title}\n\n${title}`]]) {
      const read = event.getFirstPropertyValue(name);
      if (read !== text) yield `${name} ${read}, not ${text}`;
    }
    const people = [...event.getAllProperties("organizer"), ...event.getAllProperties("attendee")];
    const read = JSON.stringify(people.map((person) => person.getParameter("cn")));
    const given = JSON.stringify(names.map(unescaped));
    if (read !== given) yield `names ${read}, not ${given}`;
  }
}

let [count, bad] = [0, 0];
for await (const line of createInterface({ input: process.stdin })) {
  const one = JSON.parse(line);
  count += 1;
  for (const fault of faults(one)) {
    bad += 1;
    console.log(`${one.zone}: ${fault}`);
  }
}
console.error(`${count} cases, ${bad} faults`);
process.exitCode = bad || !count ? 1 : 0;
