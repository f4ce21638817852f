// What tests ask of mail: which one it is, whose, and what came of time and the alarm.
import { createHmac } from "node:crypto";
import { until } from "./harness.mjs";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/// By subject. That of a mail with a calendar part is the bare title: these are told apart by their first line.
const first = (mail) => mail.text.split("\n")[0];
const KINDS = [
  ["invitation", (m) => / asks when you can: /.test(m.subject)],
  ["update", (m) => /^\[whittle\] '.*' updated$/.test(m.subject)],
  ["link", (m) => /^Your new link: /.test(m.subject)],
  ["reminder", (m) => / still waits for your answer: /.test(m.subject)],
  ["deadline", (m) => /^The deadline has passed: /.test(m.subject)],
  ["digest", (m) => /^(?!Everybody ).* has answered: |^\d+ new answers: /.test(m.subject)],
  ["answered", (m) => /^Everybody has answered: /.test(m.subject)],
  ["exhausted", (m) => /^No time is left: /.test(m.subject)],
  ["closed", (m) => / was closed: no answer is needed any more$/.test(m.subject)],
  ["agreed", (m) => first(m) === `The time is agreed: ${m.subject}`],
  ["moved", (m) => first(m) === `${m.subject} was moved to another time`],
  ["details", (m) => first(m) === `The details of ${m.subject} have changed`],
  ["cancelled", (m) => first(m) === `${m.subject} is cancelled`],
  ["declined", (m) => / cannot come: /.test(m.subject)],
  ["accepted", (m) => / will come: /.test(m.subject)],
  ["soon", (m) => /^Coming up on /.test(m.subject)],
];
export const KIND_NAMES = KINDS.map(([name]) => name);

/// Which mail it is: the name of its template in the domain.
export function kindOf(mail) {
  const [kind, ...others] = KINDS.filter(([, is]) => is(mail)).map(([name]) => name);
  if (!kind || others.length) throw new Error(`a mail of no known kind: ${mail.subject}`);
  return kind;
}

/// The mails about a proposal or its meeting, oldest first, each with its `kind`; `to` and `kind` choose among them.
export async function mails(service, id, { to, kind } = {}) {
  const all = (await service.outbox()).filter((mail) => mail.text.includes(`/${id}/`)).reverse();
  return all
    .map((mail) => ({ ...mail, kind: kindOf(mail) }))
    .filter((mail) => (to === undefined || mail.to[0] === to) && (kind === undefined || mail.kind === kind));
}

/// Waits until there are so many of these mails; gives them.
export const arrived = (service, id, which, count = 1) =>
  until(`${count} of ${JSON.stringify(which)} about ${id}`, async () => {
    const found = await mails(service, id, which);
    return found.length >= count && found;
  });

/// Who got what, sorted: `reminder bea@example.org`.
export const summary = (list) => list.map((mail) => `${mail.kind} ${mail.to[0]}`).sort();

/// An optional party whose mails tell that the alarm has run: put it among the parties, and invite it.
export const FENCE = "fence@example.org";

/// Moves the proposal's clock to `offset` and has the alarm run: whatever was due by then has been sent or taken out
/// when the mail is through that is caused here.
export async function pass(service, id, offset) {
  const dev = `offset=${offset}`;
  const { json: p } = await service.ask("GET", `/${id}/`, { as: "ob", dev });
  const before = (await mails(service, id, { to: FENCE })).length;
  const { status, text } = await service.ask("POST", `/${id}/notify/`, { as: "ob", json: { parties: [FENCE], slots: p.slots }, dev });
  if (status !== 202) throw new Error(`fence: ${status} ${text}`);
  await arrived(service, id, { to: FENCE }, before + 1);
  await sent(service, id);
}

/// Waits until nothing is left to be sent by a proposal itself.
export const sent = (service, id) =>
  until(`the outbox of ${id} to be empty`, () => service.rows(id, "select count(*) as n from outbox where kind = 'mail' and status = 'due'")[0].n === 0);

/// What a proposal's ledger has of an act: the entries' `data`.
export async function acts(service, id, act) {
  const { json } = await service.ask("GET", `/${id}/log/`, { as: "ob" });
  return json.entries.map((entry) => entry.data).filter((data) => data.act === act);
}

/// The path of a mail's way out.
export function wayOut(mail) {
  const url = /^<(\S+)>$/.exec(mail.headers["List-Unsubscribe"])?.[1];
  return url && new URL(url).pathname;
}

/// Mails a form as a browser or a mail program does.
export const form = (fields) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
});

export const WEBHOOK_SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes, yes").toString("base64")}`;

/// What the provider sends when something became of a mail, signed by the Svix scheme (independent of domain/src/webhook.rs).
export function event(body, { secret = WEBHOOK_SECRET, id = "msg_1", timestamp = Math.floor(Date.now() / 1000) } = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${text}`).digest("base64");
  const headers = { "Content-Type": "application/json", "svix-id": id, "svix-timestamp": String(timestamp), "svix-signature": `v1,${signature}` };
  return { body: text, headers };
}

/// Its word on an address.
export const bounced = (to, type = "Permanent") => ({ type: "email.bounced", data: { to: [to], bounce: { type } } });
export const complained = (to) => ({ type: "email.complained", data: { to: [to] } });
