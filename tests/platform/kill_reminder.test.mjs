// SIGKILL where a reminder is on its way: it comes once to each, after its claim has run out.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { devServer, files, propose, query, until } from "../support/harness.mjs";

const dev = await devServer("kill-reminder");
after(() => dev.kill());

const HOUR = 3_600_000;
const clocks = () => files(dev.state).filter((path) => path.includes("MailClock") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));
const reached = (name) =>
  clocks().filter((path) => query(path, "select 1 from sqlite_master where name = 'dev_hits'").length && query(path, `select 1 from dev_hits where name = '${name}'`).length).length;

test("a reminder that is cut off before or after it was sent reaches each once", { timeout: 600_000 }, async () => {
  await dev.start();
  const [begin, other] = [10, 11].map((days) => new Date(Math.ceil(Date.now() / HOUR) * HOUR + days * 24 * HOUR).toISOString().replace(".000", ""));
  const made = [];
  for (const place of ["before_send", "before_mark"]) {
    const p = await propose(dev, { parties: ["ob@localhost", { email: "bea@example.org", optional: true }], slots: [{ begin, duration: "01:00:00" }, { begin: other, duration: "01:00:00" }] });
    assert.equal((await dev.ask("PATCH", `/${p.id}/`, { as: "ob", json: { slots: p.slots.slice(0, 1) } })).status, 202);
    await until("the invitations", () => dev.mails(p.id).filter(({ message }) => message.includes("is agreed")).length === 2, 60);
    const before = reached(place);
    // A day before it begins somebody accepts once more, and the clock looks.
    const late = `offset=${Date.parse(begin) - Date.now() - 23 * HOUR}`;
    const act = dev
      .ask("POST", `/meetings/${p.id}/accept/`, { as: "ob", dev: `${late}; failpoint=clock_${place}` })
      .catch(() => undefined);
    await until(place, () => reached(place) > before, 60);
    await dev.kill();
    await dev.again();
    await act;
    made.push([p, place]);
  }
  for (const [p, place] of made) {
    const reminders = () => dev.mails(p.id).map(({ message }) => JSON.parse(message)).filter(({ subject }) => subject.startsWith("Coming up on "));
    await until(`the reminders after ${place}`, () => reminders().length >= 2, 120);
    const d1 = files(dev.state).find((path) => path.includes("D1DatabaseObject") && path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite"));
    await until("an empty outbox", () => query(d1, "select id from outbox").length === 0, 120);
    assert.deepEqual(reminders().map(({ to }) => to[0]).sort(), ["bea@example.org", "ob@localhost"], place);
  }
});
