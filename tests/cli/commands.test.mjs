// Each group of commands against the real service, as people type them.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { client, home } from "../support/cli.mjs";
import { start, tokenOf, until } from "../support/harness.mjs";

let service;
let ob;
let zo;
before(async () => {
  service = await start();
  ob = client(service, { as: "ob" });
  zo = client(service, { as: "zo" });
});
after(() => service.close());

/// Runs a command that must succeed; gives what it says.
async function done(whittle, ...args) {
  const { code, out, err } = await whittle(args);
  assert.equal(code, 0, `${args.join(" ")}: ${err}${out}`);
  assert.equal(err, "", args.join(" "));
  return out;
}

/// The same with `--json`.
const asked = async (whittle, ...args) => JSON.parse(await done(whittle, ...args, "--json"));

/// Times of calendars lie within two years.
const NEXT = new Date().getFullYear() + 1;

/// The newest mail to an address that has this in its text.
const mail = (to, part) => until(`mail to ${to}`, async () => (await service.outbox()).find((one) => one.to.includes(to) && one.text.includes(part)));

/// The link in a mail, which stands alone on its line, as the service is reached here.
const linkOf = (text) => new URL(/^(http\S+)$/m.exec(text)[1]);
const here = (url) => `${service.url}${url.pathname}${url.search}`;

test("a proposal from its making to its agreement, and its log", async () => {
  const id = (await done(ob, "create", "ob@localhost", "bea@example.org", "--slot", "2030-01-07T10:00 1h", "--slot", "2030-07-08 10:00 00:30:00", "--title", "Kick-off", "--format", "{id}")).trim();
  assert.match(id, /^\d+$/);
  const made = (await service.ask("GET", `/${id}/`, { as: "ob" })).json;
  // What is typed is wall time here, in winter and in summer.
  assert.deepEqual(made.slots, [
    { begin: "2030-01-07T09:00:00Z", duration: "01:00:00" },
    { begin: "2030-07-08T08:00:00Z", duration: "00:30:00" },
  ]);
  assert.match(await done(ob, "list"), new RegExp(`^${id} +open +Kick-off +Mon 2030-01-07 10:00 - 11:00 \\+01:00 +2 `, "m"));
  assert.match(await done(ob, "show", id), /^ {3}2 {2}Mon 2030-07-08 10:00 - 10:30 \+02:00$/m);
  assert.match(await done(ob, "home"), /Needs you: [\s\S]*Kick-off/);
  assert.deepEqual((await asked(ob, "notify", id, "bea@example.org")).recipients, ["bea@example.org"]);
  const link = linkOf((await mail("bea@example.org", `/${id}/`)).text);

  const early = await ob(["fix", id, "1"]);
  assert.equal(early.code, 5);
  assert.match(early.err, /409 not possible now/);

  // Bea has the link of her mail and nothing else.
  const bea = client(service);
  assert.match(await done(bea, "show", here(link)), /Kick-off {2}\(open/);
  const kept = await asked(bea, "patch", here(link), "--keep", "2", "--note", "Mondays");
  assert.deepEqual(kept.slots, made.slots.slice(1));
  assert.equal((await asked(bea, "show", id, "--et", link.searchParams.get("et"))).title, "Kick-off");
  assert.equal(kept.state, "agreed");
  assert.match(await done(ob, "ics", id), /^BEGIN:VCALENDAR\r\n/);
  assert.equal((await asked(ob, "meetings", "show", id)).title, "Kick-off");
  assert.equal((await asked(bea, "decline", here(link))).attendees.find(({ email }) => email === "bea@example.org").partstat, "declined");
  await done(bea, "accept", here(link));

  assert.match(await done(ob, "log", id), /bea@example\.org +UPDATE +answer +link +1/);
  const file = join(home(), "log.jsonl");
  writeFileSync(file, await done(ob, "log", id, "--export"));
  assert.match(await done(ob, "verify", file), new RegExp(`The log of proposal ${id} is whole`));
  assert.match(await done(ob, "verify", id), /is whole/);
  const sound = await asked(ob, "verify", file);
  assert.equal(await done(ob, "verify", file, "--format", "{kind} {entries}"), `proposal ${sound.entries}\n`);
  const again = await asked(ob, "verify", file, "--receipt", sound.head);
  assert.equal(again.receipt, sound.entries);
  const other = await ob(["verify", file, "--receipt", "0".repeat(64)]);
  assert.equal(other.code, 1);
  assert.match(other.err, /cut off its end/);

  const mended = await asked(ob, "meetings", "change", id, "--begin", "2030-07-08T12:00", "--location", "Room 5");
  assert.deepEqual([mended.begin, mended.location], ["2030-07-08T10:00:00Z", "Room 5"]);
  assert.equal(await done(ob, "meetings", "cancel", id), "It is cancelled.\n");
});

test("a time is fixed by its number", async () => {
  const { id } = await asked(ob, "create", "a@example.org", "--slot", "2030-01-07T09:00Z 1h", "--slot", "2030-01-08T09:00Z 1h");
  const { url } = await asked(ob, "parties", "link", String(id), "p1");
  const { slots } = await asked(client(service), "patch", here(new URL(url)), "--keep", "1,2");
  assert.equal(slots.length, 2);
  const nine = await ob(["fix", String(id), "9"]);
  assert.equal(nine.code, 2);
  assert.match(nine.err, /2 are offered/);
  const fixed = await asked(ob, "fix", String(id), "2");
  assert.deepEqual([fixed.state, fixed.slots], ["agreed", slots.slice(1)]);
});

test("parties, links, rounds and the end of a proposal", async () => {
  const { id } = await asked(ob, "create", "a@example.org", "--slot", "2030-01-07T09:00Z 1h", "--optional", "b@example.org");
  assert.equal((await asked(ob, "parties", "replace", String(id), "p1", "c@example.org")).parties[0], "c@example.org");
  assert.equal((await asked(ob, "parties", "optional", String(id), "p2", "no")).answers[1].optional, false);
  assert.match((await asked(ob, "parties", "link", String(id), "p2")).url, /\?et=/);
  assert.equal(await done(ob, "parties", "withdraw", String(id), "p2"), "It is withdrawn.\n");
  await done(ob, "revoke", String(id), "--party", "p1");
  const next = await asked(ob, "round", String(id), "--slot", "2030-02-07T09:00Z 1h");
  assert.equal(next.predecessor, id);
  assert.equal(await done(ob, "close", String(next.id)), "It is closed.\n");
  const gone = await ob(["patch", String(next.id), "--title", "x"]);
  assert.equal(gone.code, 4);
});

test("contacts, and a calendar from its making to its meetings", async () => {
  const bea = await asked(zo, "contacts", "add", "Bea", "Lim", "bea@example.org", "--group", "thesis");
  assert.equal((await asked(zo, "contacts", "edit", String(bea.id), "--last", "Lin")).last_Name, "Lin");
  assert.match(await done(zo, "contacts", "list", "bea"), /Bea +Lin +bea@example.org +thesis/);
  assert.deepEqual(await asked(zo, "contacts", "groups"), [{ name: "thesis", contacts: 1 }]);
  const csv = await done(zo, "contacts", "export");
  const { code, json } = await zo(["contacts", "import", "-", "--preview", "--json"], { input: csv });
  assert.deepEqual([code, json.unchanged], [0, 1]);

  const made = await asked(zo, "calendars", "create", "Thesis talks", "--deadline", `${NEXT}-01-01`, "--timezone", "Europe/Berlin", "--minutes", "30", "--group", "thesis", "--time", `${NEXT}-03-12 13:00-15:00 3`);
  const id = String(made.id);
  assert.match(await done(zo, "calendars", "list"), new RegExp(`${id} +Thesis talks`));
  const link = here(linkOf((await mail("bea@example.org", `/schedules/calendars/${id}/respond/`)).text));
  const nobody = client(service);
  assert.equal((await asked(nobody, "calendars", "invitation", link)).name, "Thesis talks");
  await done(nobody, "calendars", "answer", link, "--time", `${NEXT}-03-12 13:00-13:30 2`);
  await done(nobody, "calendars", "change", link, "--time", `${NEXT}-03-12 13:30-14:00 3`);
  assert.match(await done(zo, "calendars", "answers", id), /13:30:00/);
  assert.match(await done(zo, "calendars", "suggest", id), /Schedule 1: [\s\S]*Bea +Lin +\S+13:30:00/);
  assert.equal((await asked(zo, "calendars", "finalize", id, "--take", "1", "--dry-run")).valid, true);
  assert.equal((await asked(zo, "calendars", "edit", id, "--description", "Half an hour each")).Calendar.description, "Half an hour each");
  assert.equal((await asked(zo, "calendars", "finalize", id, "--take", "1")).meetings.length, 1);
  assert.match(await done(zo, "calendars", "meetings", id), /13:30:00/);
  assert.match(await done(zo, "calendars", "ics", id), /BEGIN:VEVENT/);
  assert.match(await done(zo, "calendars", "log", id), /finalize/);
  assert.match(await done(zo, "verify", id, "--calendar"), /The log of calendar/);
  const copy = await asked(zo, "calendars", "copy", id, "--shift-weeks", "4", "--name", "More talks");
  assert.match(await done(zo, "calendars", "remind", String(copy.id), String(bea.id)), /\w/);
  assert.equal(await done(zo, "calendars", "close", String(copy.id)), "It is closed.\n");
  assert.equal(await done(zo, "contacts", "remove", String(bea.id)), "It is removed.\n");
});

test("busy time, working hours, and who is free", async () => {
  await done(zo, "busy", "hours", "set", "--on", "monday 9-17", "--on", "tuesday 09:00-12:30", "--except", "2030-12-24");
  const hours = await asked(zo, "busy", "hours", "set", "--off", "monday");
  assert.deepEqual(hours.weekly, [{ weekday: "tuesday", from: "09:00", to: "12:30" }]);
  assert.deepEqual(hours.exceptions, [{ date: "2030-12-24", hours: [] }]);
  await done(zo, "busy", "hours", "set", "--body", '{"weekly": null, "exceptions": []}');
  assert.deepEqual((await asked(zo, "busy", "block", "2030-05-06", "9,10")).response.blocked_slots, [9, 10]);
  assert.deepEqual((await asked(zo, "busy", "unblock", "2030-05-06", "9")).response.blocked_slots, [10]);
  assert.match(await done(zo, "busy", "week", "2030-05-08"), /block/);
  assert.match(await done(zo, "busy", "list", "--from", "2030-05-01", "--to", "2030-06-01"), /block/);
  assert.equal((await asked(zo, "busy", "free", "2030-05-06")).response.available_time_slots.includes(10), false);
  assert.equal((await asked(zo, "busy", "of", "ob@localhost", "--from", "2030-05-01", "--to", "2030-05-02")).busy.length, 0);
  const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
  const ics = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:${day}T000000Z\r\nDTSTART:${day}T100000Z\r\nDTEND:${day}T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
  const imported = await zo(["busy", "import", "-", "--json"], { input: ics });
  assert.equal(imported.json?.added, 1, imported.err);
  assert.equal(await done(zo, "busy", "forget"), "It is forgotten.\n");
  assert.deepEqual(await asked(zo, "busy", "subscriptions", "list"), []);
  const refused = await zo(["busy", "subscriptions", "add", "https://127.0.0.1/x.ics"]);
  assert.equal(refused.code, 5);
  assert.match(refused.err, /url: /);
  for (const word of ["read", "end"]) assert.equal((await zo(["busy", "subscriptions", word, "7"])).code, 4);
});

test("events, offers, a booking page, and a guest's hold", async () => {
  const event = (await asked(zo, "book", "create", "Desk", "2030-03-04T10:00", "--description", "Mine")).response;
  assert.equal((await asked(zo, "book", "show", String(event.id))).title, "Desk");
  assert.match(await done(zo, "book", "events"), /Desk/);
  assert.equal((await asked(zo, "book", "change", String(event.id), "--title", "Desk 2")).response.title, "Desk 2");
  await done(zo, "book", "replace", String(event.id), "--title", "Desk 3", "--participant", "ob@localhost", "--participant", "zo@localhost", "--begin", "2030-03-04T11:00", "--description", "x", "--status", "active");
  const clash = await zo(["book", "create", "Other", "2030-03-04T11:00"]);
  assert.equal(clash.code, 5);
  assert.equal((await asked(zo, "book", "change", String(event.id), "--status", "cancelled")).response.status, "cancelled");
  assert.ok((await asked(zo, "book", "suggest", "ob@localhost", "--days", "7")).suggestions);

  await done(zo, "busy", "hours", "set", "--on", "monday 9-17", "--on", "tuesday 9-17", "--on", "wednesday 9-17", "--on", "thursday 9-17", "--on", "friday 9-17");
  await done(zo, "book", "page", "set", "zo-cli", "--title", "Zo", "--published", "yes");
  assert.equal((await asked(zo, "book", "page", "show")).name, "zo-cli");
  await done(zo, "book", "offers", "add", "Half an hour", "30", "--slug", "half");
  assert.equal((await asked(zo, "book", "offers", "change", "half", "--notice", "0")).notice, 0);
  assert.match(await done(zo, "book", "offers", "list"), /half +Half an hour +30 +no/);
  assert.equal((await asked(zo, "book", "offers", "show", "half")).slug, "half");
  assert.match(await done(zo, "book", "offers", "qr", "half"), /^<svg|^<\?xml/);

  const guest = client(service);
  assert.match(await done(guest, "book", "guest", "offers", "zo-cli"), /half/);
  const times = await asked(guest, "book", "guest", "times", "zo-cli", "half", "--days", "14");
  assert.equal(times.timezone, "Europe/Berlin");
  const held = await asked(guest, "book", "guest", "hold", "zo-cli", "half", times.starts[3], "--name-of-guest", "Gus", "--email", "gus@example.org");
  assert.equal(held.status, "held");
  const link = here(linkOf((await mail("gus@example.org", `/meetings/${held.meeting}/`)).text));
  assert.equal((await asked(guest, "meetings", "confirm", link)).status, "confirmed");
  assert.match(await done(guest, "meetings", "times", link, "--days", "14"), /START\n/);
  assert.match(await done(guest, "meetings", "ics", link), /BEGIN:VEVENT/);
  assert.equal((await asked(zo, "meetings", "approve", String(held.meeting))).status, "confirmed");
  assert.equal(await done(guest, "meetings", "cancel", link), "It is cancelled.\n");
  assert.equal(await done(zo, "book", "offers", "remove", "half"), "It is removed.\n");
  assert.match(await done(zo, "book", "page", "withdraw"), /withdrawn/);
  await done(zo, "busy", "hours", "set", "--body", '{"weekly": null, "exceptions": []}');
});

test("accounts: sign up, verify, change, addresses, passwords, export, leave", async () => {
  const nobody = client(service);
  const made = await asked(nobody, "account", "signup", "ann", "ann@example.org", "--first", "Ann", "--last", "Lee", "--password", "Test@123-long");
  assert.equal(made.username, "ann");
  const link = (await mail("ann@example.org", "/accounts/verify/")).text;
  const ann = client(service, { env: { WHITTLE_USER: "ann", WHITTLE_PASS: "Test@123-long" } });
  await done(nobody, "account", "verify", here(linkOf(link)));
  assert.equal((await asked(ann, "account", "show")).verified, true);
  assert.equal((await asked(ann, "account", "whoami")).user.username, "ann");
  assert.equal((await asked(ann, "account", "change", "--last", "Lim", "--mail", "decisions")).last_name, "Lim");
  assert.match(await done(ann, "account", "verify-again"), /\w/);
  await done(ann, "account", "address", "ann2@example.org", "--password", "Test@123-long");
  const moved = (await mail("ann2@example.org", "/accounts/address/")).text;
  await done(nobody, "account", "address-confirm", here(linkOf(moved)));
  const undo = await until("the link to undo", async () => (await service.outbox()).find((one) => one.to.includes("ann@example.org") && one.text.includes("/accounts/address/undo/")));
  const address = here(new URL(/^(http\S+\/accounts\/address\/undo\/\S+)$/m.exec(undo.text)[1]));
  await done(nobody, "account", "address-undo", address);
  await done(nobody, "account", "forgot", "ann@example.org");
  const reset = await mail("ann@example.org", "/accounts/password/reset/");
  await done(nobody, "account", "reset", here(new URL(/^(http\S+\/accounts\/password\/reset\/\S+)$/m.exec(reset.text)[1])), "--new", "Another@123-long");
  const again = client(service, { env: { WHITTLE_USER: "ann", WHITTLE_PASS: "Another@123-long" } });
  await done(again, "account", "password", "--old", "Another@123-long", "--new", "Third@123-long");
  const third = client(service, { env: { WHITTLE_USER: "ann", WHITTLE_PASS: "Third@123-long" } });
  assert.equal((await asked(third, "account", "export")).account.username, "ann");
  assert.match((await asked(third, "meetings", "feed")).url, /\/feed\//);
  assert.match((await asked(third, "meetings", "new-feed")).url, /\/feed\//);
  assert.deepEqual(await asked(third, "account", "sessions", "list"), []);
  assert.equal((await asked(third, "account", "sessions", "end-others")).ended, 0);
  const ended = await third(["account", "sessions", "end", "x"]);
  assert.equal(ended.code, 4, ended.err);
  assert.equal(await done(third, "account", "delete", "--password", "Third@123-long"), "The account is deleted.\n");
  assert.equal((await third(["account", "show"])).code, 3);
});

test("a list says how its next page is asked for, to people alone", async () => {
  const un = client(service, { as: "un" });
  for (let n = 0; n < 51; n++) {
    const json = { parties: ["a@example.org"], slots: [{ begin: "2030-01-07T09:00:00Z", duration: "01:00:00" }], title: `Talk ${n}` };
    assert.equal((await service.ask("POST", "/", { as: "un", json })).status, 201);
  }
  const { out, err } = await un(["list"]);
  assert.equal(out.trim().split("\n").length, 51);
  const [, flags] = /^There is more; the next page: whittle list (--before \S+)$/m.exec(err);
  assert.match(await done(un, "list", ...flags.split(" ")), /Talk 0 /);
  assert.equal((await un(["list", "--json"])).err, "");
});

test("a mail's link ends its mails, and asks for another link", async () => {
  const { id } = await asked(ob, "create", "dee@example.org", "--slot", "2030-01-07T09:00Z 1h");
  await done(ob, "notify", String(id));
  const one = await mail("dee@example.org", `/${id}/`);
  const nobody = client(service);
  assert.match(await done(nobody, "resend", here(linkOf(one.text))), /\w/);
  const token = /\/unsubscribe\/([^/\s]+)\//.exec(one.text)[1];
  assert.equal((await asked(nobody, "account", "unsubscribe", token, "--scope", "proposal")).scope, "proposal");
  assert.ok(tokenOf(one));
});

test("what the client says of itself and of the service", async () => {
  const nobody = client(service);
  for (const shell of ["bash", "zsh", "fish", "elvish", "powershell"]) assert.match(await done(nobody, "completions", shell), /calendars/);
  assert.equal((await nobody(["completions", "sh"])).code, 2);
  assert.match(await done(nobody, "man"), /^\.TH whittle 1/m);
  assert.match(await done(nobody, "openapi"), /^openapi: 3/m);
  await done(nobody, "account", "forgot", "zo@localhost");
  await mail("zo@localhost", "/accounts/password/reset/");
  assert.match(await done(nobody, "outbox"), /SUBJECT\n[\s\S]*zo@localhost/);
  assert.match(await done(nobody, "--help"), /calendars/);
  assert.equal(await done(nobody, "--version"), "whittle 0.1.0\n");
  assert.equal((await nobody(["lisst"])).code, 2);
});
