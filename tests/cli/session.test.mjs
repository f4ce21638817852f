// The session that the seed shows, replayed from a pipe against `make dev`, and the rest of the line mode.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { run } from "../support/cli.mjs";
import { devServer } from "../support/harness.mjs";

/// The session as the seed has it, of which are volatile: the port, and the password, which is not shown.
const SEED = `\
config: ob p _ 8005 ob@localhost
  l   c   d[n]  p[n]  n[n]  g[n]  ?   q
> ?
l list events
c create with emails, time-spans
d[n] detail - view event number n
p[n] patch time-spans
n[n] notify recipients
g[n] log - view dispatch/update logs
? help - this help
q quit
  l   c   d[n]  p[n]  n[n]  g[n]  ?   q
> d1
{
    "id": 1,
    "log_url": "http://localhost:8005/1/log/",
    "notify_url": "http://localhost:8005/1/notify/",
    "parties": [
        "ob@localhost",
        "zo@localhost"
    ],
    "slots": [
        {
            "begin": "2021-03-11T14:34:00Z",
            "duration": "00:58:00"
        },
        {
            "begin": "2021-03-16T09:53:00Z",
            "duration": "00:45:00"
        },
        {
            "begin": "2021-03-25T16:26:00Z",
            "duration": "00:40:00"
        }
    ],
    "title": "cybes",
    "url": "http://localhost:8005/1/"
}


  l   c   d[n]  p[n]  n[n]  g[n]  ?   q
> 
`;
const MENU = "  l   c   d[n]  p[n]  n[n]  g[n]  ?   q";

const dev = await devServer("session");
before(() => dev.start());
after(() => dev.kill());

/// Runs the client with these lines piped in, under the names of the environment that the original's script reads.
async function session(lines, env = {}) {
  const { code, out, err } = await run([], { PATH: process.env.PATH, host: "localhost", port: String(dev.port), user: "ob", pass: "p", ...env }, lines.join("\n"));
  return { code, err, lines: out.split("\n"), out };
}

/// The answers of a session: what stands between a line with `>` and the next menu, as JSON.
const answers = (out) =>
  out.split(`${MENU}\n`).flatMap((part) => {
    const json = /^\{\n[^]*^\}$|^\[\n[^]*^\]$/m.exec(part)?.[0];
    return json ? [JSON.parse(json)] : [];
  });

test("the seed's session, line by line", async () => {
  const { code, lines, err } = await session(["?", "d1", ""]);
  assert.deepEqual([code, err], [0, ""]);
  const expected = SEED.replaceAll("localhost:8005", `127.0.0.1:${dev.port}`).replace("ob p _ 8005", `ob *** _ ${dev.port}`).split("\n");
  // The service says more of a proposal than the seed's did: of an object's own lines those of other members are left out.
  const members = new Set(["id", "log_url", "notify_url", "parties", "slots", "title", "url"]);
  let isOther = false;
  const told = lines.filter((line) => {
    const member = /^ {4}"(\w+)":/.exec(line)?.[1];
    if (member) isOther = !members.has(member);
    if (line === "}") isOther = false;
    return !isOther;
  });
  const comma = (line) => line.replace(/,$/, "");
  assert.deepEqual(told.map(comma), expected.map(comma));
});

test("a proposal from its making to its log", async () => {
  const made = await session(["c", "Kick-off", "ob@localhost bea@example.org", "2030-01-07T10:00:00+01:00 01:00:00", "what", "2030-01-08T09:00:00Z 00:30:00", "", "l", "q", "d1"]);
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /^create: enter event title or blank to generate> Kick-off\nenter party emails> ob@localhost bea@example.org\nenter slots as YYYY-MM-DDThh:mm:ss\[\+-hh:mm\/Z\] hh:mm:ss, followed by blank>\n/m);
  assert.match(made.out, /^what\nThat is not a begin and a duration; enter the slot again\.\n/m);
  const [{ id, title, slots, parties }, list] = answers(made.out);
  assert.equal(answers(made.out).length, 2, "nothing is done after q");
  assert.deepEqual([title, parties], ["Kick-off", ["ob@localhost", "bea@example.org"]]);
  assert.deepEqual(slots, [
    { begin: "2030-01-07T09:00:00Z", duration: "01:00:00" },
    { begin: "2030-01-08T09:00:00Z", duration: "00:30:00" },
  ]);
  assert.ok(list.some((one) => one.id === id));

  const patched = await session([`p${id}`, "", `p${id}`, "7", `p ${id}`, "2", "q"]);
  assert.match(patched.out, /^ 1 2030-01-07T09:00:00Z 01:00:00\n 2 2030-01-08T09:00:00Z 00:30:00\npatch: enter slots by number> \nNothing is changed\./m);
  assert.match(patched.out, /^There is no number 7; there are 1 to 2\. Nothing is sent\.$/m);
  assert.deepEqual(answers(patched.out).map((one) => one.slots), [slots.slice(1)]);

  const notified = await session([`n${id}`, "2", "", "q"]);
  assert.match(notified.out, /^ 1 ob@localhost\n 2 bea@example\.org\nnotify: enter parties by number> 2\nenter sender by number or blank for \[1\]> \nSender ob@localhost\n/m);
  assert.deepEqual(answers(notified.out)[0].recipients, ["bea@example.org"]);
  // Only one's own address can be the sender.
  const other = await session([`n${id}`, "2", "2", "q"]);
  assert.match(other.out, /^Sender bea@example\.org$/m);
  assert.match(other.err, /403 not allowed/);

  const log = await session([`g${id}`, "q"]);
  assert.deepEqual(
    answers(log.out)[0].entries.map((entry) => `${entry.occurrence} ${entry.data.act}`),
    // Who is asked for numbers has looked first.
    ["UPDATE create", "VIEW view", "UPDATE answer", "VIEW view", "NOTIFY notify"],
  );
});

test("none of the slots is a choice of its own", async () => {
  const made = await session(["c", "", "a@example.org", "2030-01-07T10:00:00Z 01:00:00", "", "q"]);
  const [{ id, title }] = answers(made.out);
  assert.match(title, /\S/, "a blank title is made up");
  const [none] = answers((await session([`p${id}`, "0"])).out);
  assert.deepEqual([none.slots, none.state], [[], "exhausted"]);
});

test("what is no command, and what is refused", async () => {
  const { code, out, err } = await session(["x", "", "d", "d01", "dx", "l1", "d99", "q"]);
  assert.equal(code, 0);
  assert.match(out, new RegExp(`^> x\nhuh\\? x\n${MENU.replace(/[[\]?]/g, "\\$&")}\n> \nhuh\\? \n`, "m"));
  for (const line of ["d", "d01", "dx", "l1"]) assert.match(out, new RegExp(`^> ${line}\nhuh\\? ${line}\n`, "m"));
  assert.deepEqual(answers(out), [{ detail: "Not found." }]);
  assert.match(err, /404 not found[\s\S]*Check the id/);
  const wrong = await session(["l"], { pass: "wrong" });
  assert.match(wrong.out, /^config: ob \*\*\* _ \d+ _$/m);
  assert.match(wrong.err, /401 not signed in[\s\S]*whittle login/);
  for (const { out, err } of [wrong, await session(["d1"])]) assert.doesNotMatch(out + err, /\bob p\b|wrong/);
});

test("the link of a mail is enough", async () => {
  const { json } = await dev.ask("POST", "/", { as: "ob", json: { parties: ["cy@example.org"], slots: [{ begin: "2030-01-07T09:00:00Z", duration: "01:00:00" }] } });
  const { json: link } = await dev.ask("POST", `/${json.id}/parties/p1/link/`, { as: "ob" });
  const env = { PATH: process.env.PATH };
  const { out, err } = await run([link.url], env, `d${json.id}\np${json.id}\n1\nq\n`);
  assert.equal(err, "");
  assert.match(out, /^config: _ _ et \d+ _$/m);
  assert.deepEqual(answers(out).map((one) => one.state), ["open", "agreed"]);
  // An address without a token is for whoever is signed in, and only at the own server.
  const elsewhere = await run(["http://127.0.0.1:1/7/"], { ...env, host: "127.0.0.1", port: String(dev.port), user: "ob", pass: "p" }, "q\n");
  assert.equal(elsewhere.code, 2);
  assert.match(elsewhere.err, /give --host http:\/\/127\.0\.0\.1:1\//);
  const token = new URL(link.url).searchParams.get("et");
  assert.doesNotMatch(out, new RegExp(token));
});

test("a session goes on when the server is not there", async () => {
  const { code, out, err } = await run([], { PATH: process.env.PATH, host: "127.0.0.1", port: "1", user: "ob", pass: "p" }, "l\n?\n");
  assert.equal(code, 0);
  assert.match(err, /no answer from http:\/\/127\.0\.0\.1:1\//);
  assert.match(out, /^\? help - this help$/m);
});
