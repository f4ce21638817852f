// The log's page: verifies the log in this browser, and says whether the receipt of a mail is in it. What is pasted leaves the browser
// for nobody.
import type { Entry, Verdict } from "./ledger.ts";
import { define } from "./page.ts";
import { say } from "./texts.ts";
import { clock, dayLong, local } from "./time.ts";

/** A log that holds. */
type Good = Extract<Verdict, { entries: Entry[] }>;
/** A sentence, and whether it is bad news. */
type Said = [text: string, bad?: boolean];

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

define("proof", (section, life) => {
  const { log = "", proposal, head, zone = "UTC" } = section.dataset;
  const part = <E extends HTMLElement>(name: string) => section.querySelector<E>(`[data-part=${name}]`);
  const [checked, compared, mail] = [part("checked"), part("compared"), part<HTMLTextAreaElement>("mail")];

  /** Reads and verifies the log; the sentence of what is wrong where it does not hold. */
  async function read(): Promise<Good | string> {
    const { verify } = await import("./ledger.ts");
    const answer = await fetch(log, { headers: { Accept: "application/jsonl" }, cache: "no-store", signal: life });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const verdict = await verify(new Uint8Array(await answer.arrayBuffer()));
    if (verdict.fault) return `${say("proof-bad")} ${blame(verdict)}`;
    return verdict.proposal === proposal ? verdict : say("proof-foreign");
  }

  /** What the log proves, and whether the code on this page is its own. */
  function prove({ entries }: Good): Said {
    const shown = entries.find(({ hash }) => hash === head);
    if (!shown) return [say("proof-other-head"), true];
    const later = entries.length - shown.seq;
    return [`${say("proof-good", { count: entries.length })} ${later ? say("proof-later", { entry: shown.seq, count: later }) : say("proof-same-head")}`];
  }

  /** Which entries the receipts in a text stand for. */
  async function compare({ entries }: Good, text: string): Promise<Said> {
    const { receipts } = await import("./ledger.ts");
    const found = receipts(text);
    if (!found.length) return [say("proof-no-receipt"), true];
    const known = found.map((receipt) => entries.find(({ hash }) => hash === receipt));
    const foreign = found.find((_, n) => !known[n]);
    if (foreign) return [say("proof-unknown", { receipt: `${foreign.slice(0, 8)}…${foreign.slice(-8)}` }), true];
    return [known.map((entry) => entry && confirm(entry, entries.length)).join(" ")];
  }

  function confirm({ seq, at }: Entry, count: number): string {
    const when = Math.floor(Date.parse(at) / MINUTE) * MINUTE;
    const shown = local(when, zone);
    const values = { entry: seq, when: say("day-and-clock", { day: dayLong(shown), clock: clock(shown) }) };
    return seq === count ? say("proof-receipt-last", values) : say("proof-receipt", { ...values, count: count - seq });
  }

  /** Says in `place` what `work` finds out by reading the log. */
  function onPress(button: HTMLElement | null, place: HTMLElement | null, work: (log: Good) => Said | Promise<Said>): void {
    const tell = ([text, bad]: Said) => {
      place?.setAttribute("role", bad ? "alert" : "status");
      place?.classList.toggle("bad", Boolean(bad));
      place?.replaceChildren(text);
    };
    button?.addEventListener("click", async () => {
      tell([say("proof-reading")]);
      try {
        const log = await read();
        tell(typeof log === "string" ? [log, true] : await work(log));
      } catch (fault) {
        if (!life.aborted) tell([say("proof-unread"), true]);
      }
    });
  }
  onPress(part("check"), checked, prove);
  onPress(part("compare"), compared, (log) => compare(log, mail?.value ?? ""));
});
