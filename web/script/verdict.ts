// What the log's page says: whether its log holds, and whether the receipt of a mail is in it. What is pasted is sent to nobody.
import texts from "../../texts/en/script-proof.ftl";
import { learn, say } from "./texts.ts";
import { clock, dayLong, local } from "./time.ts";
import { receipts, verify, type Entry, type Verdict } from "./ledger.ts";

learn(texts);

/** A sentence, and whether it is bad news. */
type Said = [text: string, bad?: boolean];
/** What the page says of itself: where its log is, of what it is one, with which head, and in which zone times are shown. */
type Page = Partial<Record<string, string>>;

const MINUTE = 60_000;

/** Why a log does not hold. */
function blame({ fault, line, entry }: Extract<Verdict, { line: number }>): string {
  switch (fault) {
    case "malformed": return say("proof-malformed", { line, entry });
    case "misplaced": return say("proof-misplaced", { line, entry });
    case "unchained": return say("proof-unchained", { entry });
    case "unopened": return say("proof-unopened", { entry });
    case "violated": return say("proof-violated", { entry });
    case "head": return say("proof-end", { entry });
  }
}

/** Reads and verifies the log; the entries, or what is wrong where it does not hold. */
async function read({ log = "", subject, kind }: Page, life: AbortSignal): Promise<Entry[] | string> {
  const answer = await fetch(log, { headers: { Accept: "application/jsonl" }, cache: "no-store", signal: life });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const verdict = await verify(new Uint8Array(await answer.arrayBuffer()), kind === "calendar" ? kind : "proposal");
  if (verdict.fault) return `${say("proof-bad")} ${blame(verdict)}`;
  return verdict.id === subject ? verdict.entries : say("proof-foreign");
}

/** What the log proves, and whether the code on the page is its own. */
export async function check(page: Page, life: AbortSignal): Promise<Said> {
  const entries = await read(page, life);
  if (typeof entries === "string") return [entries, true];
  const shown = entries.find(({ hash }) => hash === page.head);
  if (!shown) return [say("proof-other-head"), true];
  const later = entries.length - shown.seq;
  return [`${say("proof-good", { count: entries.length })} ${later ? say("proof-later", { entry: shown.seq, count: later }) : say("proof-same-head")}`];
}

/** Which entries the receipts in a text stand for. */
export async function compare(page: Page, life: AbortSignal, pasted: string): Promise<Said> {
  const entries = await read(page, life);
  if (typeof entries === "string") return [entries, true];
  const found = receipts(pasted);
  if (!found.length) return [say("proof-no-receipt"), true];
  const known = found.map((receipt) => entries.find(({ hash }) => hash === receipt));
  const foreign = found.find((_, n) => !known[n]);
  if (foreign) return [say("proof-unknown", { receipt: `${foreign.slice(0, 8)}…${foreign.slice(-8)}` }), true];
  return [known.map((entry) => entry && confirm(entry, entries.length, page.zone ?? "UTC")).join(" ")];
}

function confirm({ seq, at }: Entry, count: number, zone: string): string {
  const shown = local(Math.floor(Date.parse(at) / MINUTE) * MINUTE, zone);
  const values = { entry: seq, when: say("day-and-clock", { day: dayLong(shown), clock: clock(shown) }) };
  return seq === count ? say("proof-receipt-last", values) : say("proof-receipt", { ...values, count: count - seq });
}
