// Letters into messages, and messages to whoever sends them.
import { type Slot, writeDuration, writeInstant } from "./domain";
import type { Env } from "./env";
import { type Link, sign } from "./link";

export type Letter = {
  template: "invitation" | "update" | "digest" | "answered" | "exhaust" | "expire";
  to: string;
  /** 0 for the creator. */
  party: number;
  replyTo: string | null;
  sender: string | null;
  proposal: number;
  account: number;
  title: string;
  location: string;
  description: string;
  timezone: string;
  slots: Slot[];
  deadline: number | null;
  link: Link | null;
  unsubscribe: Link;
  head: string;
};

const escape = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** One formatter a time zone: making one is dear. */
const formatters = new Map<string, Intl.DateTimeFormat>();
function inWords(millis: number, timeZone: string): string {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "full", timeStyle: "medium" });
    formatters.set(timeZone, formatter);
  }
  return `${formatter.format(millis)} ${timeZone}`;
}

/** Which of these addresses get no mail any more. */
export async function suppressed(db: D1Database, letters: Letter[]): Promise<Set<string>> {
  const asked = JSON.stringify(letters.map((l) => [l.to.toLowerCase(), l.account]));
  const { results } = await db
    .prepare(
      `with asked as (select value ->> 0 as key, value ->> 1 as account from json_each(?1))
       select a.key from asked a join suppressions s on s.address_key = a.key
       union select a.key from asked a join optouts o on o.address_key = a.key and o.account = a.account`,
    )
    .bind(asked)
    .all<{ key: string }>();
  return new Set(results.map((row) => row.key));
}

export async function compose(letter: Letter, keyId: string, env: Env): Promise<string> {
  const token = letter.link && (await sign(letter.link, env.SECRET_KEYS, keyId));
  const link = `${env.PUBLIC_ORIGIN}/${letter.proposal}/${token ? `?et=${token}` : ""}`;
  const way = `${env.PUBLIC_ORIGIN}/unsubscribe/${await sign(letter.unsubscribe, env.SECRET_KEYS, keyId)}/`;
  const lines = letter.slots.map((s) => `${inWords(s.begin, letter.timezone)}, ${writeDuration(s.duration)}`);
  const who = letter.sender ? `${letter.sender} asks` : "You are asked";
  const until = letter.deadline === null ? [] : [`Answers are taken until ${inWords(letter.deadline, letter.timezone)}.`];
  const told = letter.description === "" ? [] : letter.description.split("\n");
  const expires = letter.link ? [`The link is yours alone and good until ${writeInstant(letter.link.expires * 1000)}.`] : [];
  const text = [
    `${who} when you can, for '${letter.title}'. These times are offered:`,
    "",
    ...lines.map((l) => `  ${l}`),
    ...(letter.location ? ["", `Where: ${letter.location}`] : []),
    ...(told.length > 0 ? ["", ...told.map((l) => `> ${l}`)] : []),
    "",
    "Keep what suits you and cut the rest; what you cut is cut for everybody:",
    "",
    link,
    "",
    ...until,
    ...expires,
    `Receipt: ${letter.head}`,
    `No more mail about this: ${way}`,
    "",
  ].join("\n");
  const html = `<p>${escape(who)} when you can, for <strong>${escape(letter.title)}</strong>. These times are offered:</p>
<ul>${lines.map((l) => `<li>${escape(l)}</li>`).join("")}</ul>
${letter.location ? `<p>Where: ${escape(letter.location)}</p>` : ""}
${told.length > 0 ? `<blockquote>${told.map(escape).join("<br>")}</blockquote>` : ""}
<p><a href="${escape(link)}">Keep what suits you</a>, and cut the rest; what you cut is cut for everybody.</p>
${[...until, ...expires].map((l) => `<p>${escape(l)}</p>`).join("\n")}
<p>Receipt: ${letter.head}. <a href="${escape(way)}">No more mail about this.</a></p>`;
  return JSON.stringify({
    from: env.MAIL_FROM,
    to: [letter.to],
    subject: `[whittle] '${letter.title}' updated`,
    text,
    html,
    ...(letter.replyTo && { reply_to: letter.replyTo }),
    headers: { "List-Unsubscribe": `<${way}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
  });
}

export async function send(env: Env, key: string, message: string): Promise<void> {
  if (!env.MAIL) {
    await env.DB.prepare("insert into dev_outbox (id, message, sent_at) values (?1, ?2, ?3) on conflict (id) do nothing")
      .bind(key, message, Date.now())
      .run();
    return;
  }
  const response = await env.MAIL.fetch("https://mail/emails", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: message,
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`status ${response.status}`);
}
