// The full screen of the terminal client on a terminal of tmux: 80 by 24 and 200 by 60, a lost server, other sizes, links alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { client } from "../support/cli.mjs";
import { freePort, propose, start, until } from "../support/harness.mjs";
import { terminal, way } from "../support/terminal.mjs";

const MENU = "  l   c   d[n]  p[n]  n[n]  g[n]  ?   q";
let service;
let road;
before(async () => {
  // Sockets are for what comes from the service's own origin, which for the client is where it asks.
  const port = await freePort();
  road = await way(port, () => service.url);
  service = await start({ vars: { PUBLIC_ORIGIN: `http://127.0.0.1:${port}` } });
});
after(async () => {
  await road.cut();
  await service.close();
});

const as = (name) => ({ WHITTLE_HOST: road.url, WHITTLE_USER: name, WHITTLE_PASS: "p" });
const opened = async (options) => terminal({ env: as("ob"), ...options });
/// A link of a party, to pass on.
const link = async (id, party) => (await service.ask("POST", `/${id}/parties/${party}/link/`, { as: "ob" })).json.url;
const read = async (id) => (await service.ask("GET", `/${id}/`, { as: "ob" })).json;

for (const [columns, lines] of [[80, 24], [200, 60]]) {
  test(`list, details, an answer and the log at ${columns}x${lines}`, async () => {
    const { id } = await propose(service, { title: `Plan ${columns}`, parties: ["ob@localhost", "bea@example.org"], timezone: "UTC" });
    const screen = await opened({ columns, lines });
    await screen.shows(`>  1  open       Plan ${columns}`, MENU);
    await screen.press("d1", "Enter");
    // Times are those of the machine, wherever the proposal has its own.
    const details = await screen.shows(`id ${id}, version`, "Mon 2030-01-07 10:00 - 11:00 +01:00", "bea@example.org: invited", / {2}live$/m);
    assert.ok(details.split("\n").every((line) => [...line].length <= columns));
    assert.equal(details.includes("┐┌"), columns >= 100, "side by side where there is room");

    await screen.press("p1", "Enter");
    await screen.shows("Which slots do you keep?", ">  1 [x] Mon 2030-01-07 10:00");
    await screen.press("Space", "Down", "Down", "Space");
    await screen.shows("  1 [ ] Mon", "  2 [x] Tue", ">  3 [ ] Wed");
    await screen.press("Enter");
    await screen.shows("Your answer is there.");
    assert.deepEqual((await read(id)).slots.map(({ begin }) => begin), ["2030-01-08T09:00:00Z"]);

    await screen.press("n1", "Enter");
    await screen.shows("Who gets mail?", "2 [ ] bea@example.org");
    await screen.press("2", "Enter");
    await screen.shows("1 person is mailed.");
    await until("mail", async () => (await service.outbox()).some((mail) => mail.to.includes("bea@example.org") && mail.text.includes(`/${id}/`)));

    await screen.press("g1", "Enter");
    await screen.shows(`Log of ${id}`, /ob@localhost +UPDATE answer by basic, 1 left/, /NOTIFY notify by basic/);
    await screen.press("d9999", "Enter");
    await screen.shows("There is no 9999 in the list");
    await screen.press("z");
    await screen.shows("huh? z");
    await screen.press("?");
    await screen.shows("patch: choose the slots that you keep");
    await screen.press("x", "q");
    await screen.shows(/^before\nended with 0\nrestored$/m);
  });
}

test("a proposal is written, and what others do is there at once", async () => {
  const screen = await opened({});
  await screen.shows(MENU, "Proposals");
  await screen.press("c");
  await screen.shows("title, or blank to generate>");
  await screen.press("Kick-off", "Enter", "cyd@example.org", "Enter", "tomorrow", "Enter");
  await screen.shows("is not a slot such as");
  for (let n = 0; n < "tomorrow".length; n++) await screen.press("BSpace");
  await screen.press("2030-01-07T10:00 1h", "Enter", "2030-01-08T10:00 30m", "Enter");
  await screen.shows("Tue 2030-01-08 10:00 - 10:30 +01:00");
  await screen.press("Enter");
  const text = await screen.shows(/Proposal \d+ is there/, /live$/m);
  const id = Number(/Proposal (\d+) is there/.exec(text)[1]);
  const made = await read(id);
  assert.deepEqual([made.title, made.parties, made.slots[0].begin], ["Kick-off", ["cyd@example.org"], "2030-01-07T09:00:00Z"]);

  // Nobody presses a key.
  const bea = client(service);
  const patched = await bea(["patch", (await link(id, "p1")).replace(road.url, service.url), "--keep", "2", "--json"]);
  assert.equal(patched.json?.state, "agreed", patched.err);
  await screen.shows("It has changed just now.", /Kick-off {2}\(agreed/, />  1  agreed/);
});

test("a lost server is told, the screen goes on, and a key asks again", async () => {
  const { id } = await propose(service, { title: "Lost", parties: ["ob@localhost", "bea@example.org"] });
  const screen = await opened({});
  await screen.shows(">  1  open       Lost");
  await screen.press("d1", "Enter");
  await screen.shows(`id ${id}`, /live$/m);
  await screen.press("p1", "Enter");
  await screen.shows("Which slots do you keep?");
  await road.cut();
  await screen.shows("not live");
  await screen.press("Space", "Enter");
  await screen.shows("There is no answer from", "Enter tries again");
  // What was chosen is still there, and keys act.
  await screen.press("Down");
  await screen.shows("  1 [ ] Mon", ">  2 [x] Tue");
  await screen.resize(60, 20);
  await screen.shows("There is no answer from", ">  2 [x] Tue");
  await road.mend();
  await screen.press("Enter");
  await screen.shows("Your answer is there.");
  assert.equal((await read(id)).slots.length, 2);
  await screen.shows(/ {2}live$/m);
  const { json } = await service.ask("GET", `/${id}/log/`, { as: "ob" });
  assert.equal(json.entries.filter(({ data }) => data.act === "answer").length, 1, "it is sent once");
});

test("a server that does not answer is waited for, and Escape ends the wait", async () => {
  // A server that takes connections and says nothing.
  const port = await freePort();
  const { createServer } = await import("node:net");
  const silent = createServer(() => {}).listen(port, "127.0.0.1");
  after(() => silent.close());
  const screen = await opened({ env: { ...as("ob"), WHITTLE_HOST: `http://127.0.0.1:${port}` } });
  await screen.shows(/Reading the list \.\.\. 1 s\. Esc ends the wait\./);
  await screen.press("?");
  await screen.shows("any key leads back");
  await screen.press("x", "Escape");
  await screen.shows("Not waited for any more; r asks again.");
  await screen.press("C-c");
  await screen.shows("ended with 0", "restored");
});

test("every size is drawn anew, and a small one says so", async () => {
  await propose(service, { title: "Sizes" });
  const screen = await opened({});
  await screen.shows("Sizes", MENU);
  await screen.resize(39, 24);
  await screen.shows("This terminal has 39 columns");
  await screen.resize(40, 10);
  await screen.shows("Sizes", "Proposals");
  await screen.resize(200, 60);
  const wide = await screen.shows("Sizes", "┐┌", MENU);
  assert.equal(wide.split("\n").findLastIndex((line) => line.startsWith(MENU)), 59, "the last line is the menu");
  await screen.resize(80, 9);
  await screen.shows("This terminal has 80 columns and 9 lines");
  await screen.press("q");
  await screen.shows("ended with 0");
});

test("the link of a mail is enough: a proposal", async () => {
  const { id } = await propose(service, { title: "By link" });
  const url = await link(id, "p1");
  const screen = await terminal({ args: [url] });
  const text = await screen.shows("By link", / {2}live$/m, "Mon 2030-01-07 10:00");
  assert.ok(!text.includes(new URL(url).searchParams.get("et")), "nothing secret is shown");
  await screen.press("p", "Enter");
  await screen.shows("Which slots do you keep?");
  await screen.press("3", "Enter");
  await screen.shows("Your answer is there.");
  await screen.press("c");
  await screen.shows("this needs an account");
  assert.equal((await read(id)).slots.length, 2);
});

test("a week of one's own is painted", async () => {
  const screen = await opened({ env: as("zo"), lines: 40 });
  await screen.press("w");
  await screen.shows("Your week", "09:00 [");
  await screen.press(">");
  const monday = await until("the next week", async () => {
    const [, day] = /^(\d{4}-\d\d-\d\d) to/m.exec(await screen.screen());
    return new Date(day) > new Date() && day;
  });
  // Two hours of two days.
  await screen.press("v", "Right", "Down", "Space");
  await screen.shows("(not sent)", /^09:00 #+ +\[#+\s*\]|^09:00 #+ +#/m);
  await screen.press("Enter");
  await screen.shows("Your week is changed.", /^10:00 #/m);
  const blocked = async () => {
    const next = new Date(new Date(monday).getTime() + 7 * 86_400_000).toISOString();
    const { json } = await service.ask("GET", `/api/user/busy/?from=${monday}T00:00:00Z&to=${next}`, { as: "zo" });
    return json.filter(({ kind }) => kind === "block").map(({ from }) => from.slice(8, 13));
  };
  const day = monday.slice(8);
  const after = new Date(new Date(monday).getTime() + 86_400_000).toISOString().slice(8, 10);
  assert.deepEqual(await blocked(), [`${day}T09`, `${day}T10`, `${after}T09`, `${after}T10`]);
  // The cursor is at the first hour again.
  await screen.shows(/^09:00 \[/m);
  await screen.press("Space", "Enter");
  await screen.shows("Your week is changed.", /^09:00 \[\.\s+\]/m);
  await until("the hour to be free", async () => (await blocked()).length === 3);
});

test("the link of a mail is enough: times for a calendar", async () => {
  const zo = client(service, { as: "zo" });
  const year = new Date().getFullYear() + 1;
  const done = async (...args) => {
    const { code, err, json } = await zo([...args, "--json"]);
    assert.equal(code, 0, err);
    return json;
  };
  await done("contacts", "add", "Bea", "Lim", "bea@example.org", "--group", "screen");
  const made = await done("calendars", "create", "Talks", "--deadline", `${year}-01-01`, "--timezone", "Europe/Berlin", "--minutes", "30", "--group", "screen", "--time", `${year}-03-12 13:00-15:00 3`);
  const path = `/schedules/calendars/${made.id}/respond/`;
  const mail = await until("the invitation", async () => (await service.outbox()).find(({ text }) => text.includes(path)));
  const screen = await terminal({ args: [/^(http\S+)$/m.exec(mail.text)[1]] });
  await screen.shows("Talks", /^13:00 /m, "Europe/Berlin");
  await screen.press("v", "Down", "2");
  await screen.shows("(not sent)", /^13:15 .*2/m);
  await screen.press("Enter");
  await screen.shows("Your times are there.");
  const details = await done("calendars", "show", String(made.id));
  const [answer] = details.Invitee_availability;
  assert.deepEqual(answer.slots.map(({ start_time, end_time, preference_level }) => [start_time, end_time, preference_level]), [["13:00:00", "13:30:00", 2]]);
  // An answer can be changed.
  await screen.press("Down", "3", "Enter");
  await until("the change", async () => (await done("calendars", "show", String(made.id))).Invitee_availability[0].slots.length === 2);
  await screen.press("q");
  await screen.press("q");
  await screen.shows("ended with 0");
});

test("nobody signed in is told what to do", async () => {
  const screen = await terminal({ env: { WHITTLE_HOST: road.url } });
  await screen.shows("401 not signed in", "whittle login");
});
