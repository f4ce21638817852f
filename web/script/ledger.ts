// Verifies the export of a log (docs/log.md, "Verification") with nothing but its bytes, as domain/src/ledger/verify.rs does. A test
// holds that both refuse the same, in the same line and for the same reason.

/** Why an export does not verify. */
export type Fault =
  /** A line is not of the format, or not in its canonical bytes. */
  | "malformed"
  /** A line stands where none of its kind may stand. */
  | "misplaced"
  /** An entry is not chained to the one before. */
  | "unchained"
  /** An opening is not what its entry commits to. */
  | "unopened"
  /** An entry breaks the rule of its kind of log: it offers what the one before did not offer, or its state does not follow. */
  | "violated"
  /** The last line is missing, or is not about the entries that are there. */
  | "head";

/** An entry that has been verified. */
export interface Entry {
  seq: number;
  /** When, ISO 8601 in UTC. */
  at: string;
  hash: string;
}

export type Verdict =
  | { fault?: undefined; id: string; entries: Entry[]; head: string }
  /** `line` counts from 1. `entry` is the last entry that was read: the one of the fault, or the last before a line that says nothing. */
  | { fault: Fault; line: number; entry: number };

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Members = { [name: string]: Json };
/** A slot in microseconds since 1970. They do not fit into a number: Whittle's time ends in the year 9999. */
type Interval = readonly [begin: bigint, end: bigint];

class Refused extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault);
    this.fault = fault;
  }
}

function hold(condition: boolean, fault: Fault): asserts condition {
  if (!condition) throw new Refused(fault);
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function sha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** serde_json reads nothing that is nested deeper. */
const DEEPEST = 127;

/** Whether a text has no half of a surrogate pair: such a half is no character, and has no bytes in UTF-8. */
const isWhole = (text: string) => !/\p{Surrogate}/u.test(text);

/** Canonical JSON (RFC 8785). `undefined` for what has no such form: half a surrogate pair, or what is nested too deep. */
function canonical(value: Json, depth = 1): string | undefined {
  if (typeof value === "string") return isWhole(value) ? JSON.stringify(value) : undefined;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (depth > DEEPEST) return undefined;
  const parts = Array.isArray(value)
    ? value.map((item) => canonical(item, depth + 1))
    : Object.keys(value).sort().map((name) => member(name, canonical(value[name] ?? null, depth + 1)));
  if (parts.includes(undefined)) return undefined;
  return Array.isArray(value) ? `[${parts.join()}]` : `{${parts.join()}}`;
}

function member(name: string, value: string | undefined): string | undefined {
  return value !== undefined && isWhole(name) ? `${JSON.stringify(name)}:${value}` : undefined;
}

const isMembers = (value: Json | undefined): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: Json | undefined): value is string => typeof value === "string";
const isHash = (value: Json | undefined): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value);
/** Whether it is a whole number of so many bits. Minus zero has no canonical bytes, so it does not come here. */
const isInteger = (value: Json | undefined, bits: number) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** bits;

/** Whether an object has these members and no others. A name that ends with `?` may be missing. */
function has(value: Json | undefined, shape: { [name: string]: (value: Json | undefined) => boolean }): value is Members {
  if (!isMembers(value)) return false;
  const names = Object.keys(shape).map((name) => name.replace("?", ""));
  return (
    Object.keys(value).every((name) => names.includes(name)) &&
    Object.entries(shape).every(([name, fits]) => (name.endsWith("?") && !Object.hasOwn(value, name.slice(0, -1))) || fits(value[name.replace("?", "")]))
  );
}

const isSlot = (value: Json | undefined) => has(value, { begin: isText, duration: isText });

type Shape = { [name: string]: (value: Json | undefined) => boolean };

/** What a kind of log has of its own: the text that its genesis hashes before the id, the members of its entries, and what has to hold from
 * one entry to the next. */
interface Kind {
  genesis: string;
  body: Shape;
  rule(): (said: Members) => void;
}

const KINDS = {
  proposal: { genesis: "whittle ledger 1 ", body: { slots: (slots) => Array.isArray(slots) && slots.every(isSlot) }, rule: offerShrinks },
  calendar: {
    genesis: "whittle calendar ledger 1 ",
    body: { state: (state) => isText(state) && state in AFTER, invited: (count) => isInteger(count, 32), answered: (count) => isInteger(count, 32) },
    rule: statesFollow,
  },
  staff: { genesis: "whittle staff ledger 1 ", body: { subject: isText }, rule: () => ({ subject }) => hold(/^[a-z]+(\/[1-9]\d*)?$/.test(String(subject)), "malformed") },
} satisfies { [name: string]: Kind };

/** Of what a log is one. */
export type KindName = keyof typeof KINDS;

const shapesOf = (kind: Kind): { [line: string]: (value: Json | undefined) => boolean } => ({
  // The member beside the format has the name of the kind of log, and the id of what it is the log of.
  ledger: (value) => isMembers(value) && Object.entries(value).every(([name, said]) => (name === "format" ? isText(said) : isInteger(said, 64))) && Object.hasOwn(value, "format"),
  entry: (value) =>
    has(value, {
      seq: (seq) => isInteger(seq, 32),
      at: isText,
      kind: (kind) => ["UPDATE", "NOTIFY", "VIEW"].includes(String(kind)),
      act: isText,
      via: isText,
      by: isText,
      "about?": isText,
      ...kind.body,
      // What is empty is left out.
      "commitments?": (found) => isMembers(found) && Object.keys(found).length > 0 && Object.values(found).every(isHash),
      prev: isHash,
    }),
  opening: (value) => has(value, { seq: (seq) => isInteger(seq, 32), field: isText, salt: isText, value: (value) => value !== undefined }),
  head: (value) => has(value, { entries: (entries) => isInteger(entries, 32), hash: isHash }),
});

/** Reads a line: its kind, what it says, and the canonical bytes of that. */
function read(line: string, shapes: Shape): [kind: string, said: Members, bytes: string] {
  let parsed: Json;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new Refused("malformed");
  }
  hold(isMembers(parsed) && canonical(parsed) === line, "malformed");
  const [[kind, said] = ["", null], ...others] = Object.entries(parsed);
  hold(others.length === 0 && Object.hasOwn(shapes, kind) && Boolean(shapes[kind]?.(said)) && isMembers(said), "malformed");
  return [kind, said, line.slice(kind.length + 4, -1)];
}

/** 9999-12-30T22:00:00Z in microseconds: the last instant that Whittle knows. */
const LAST = 253_402_207_200_000_000n;

/** A slot that is written in the one spelling that Whittle has for it. */
function interval(slot: Json): Interval | undefined {
  const { begin, duration } = slot as { begin: string; duration: string };
  const [, whole, fraction = "0"] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(?!000000)(\d{6}))?Z$/.exec(begin) ?? [];
  const [, days = "0", hours, minutes, seconds, rest = "0"] =
    /^(?:([1-9]\d{0,17}) )?([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(?!000000)(\d{6}))?$/.exec(duration) ?? [];
  if (!whole || whole < "0001" || !hours || !minutes || !seconds) return undefined;
  const moment = new Date(`${whole}Z`);
  // A day that a month does not have is read as one of the next.
  if (Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(whole)) return undefined;
  const length = (((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)) * 1_000_000n + BigInt(rest);
  const from = BigInt(moment.getTime()) * 1000n + BigInt(fraction);
  return length > 0n && from + length <= LAST ? [from, from + length] : undefined;
}

/** The most slots that a proposal offers. */
const MOST_SLOTS = 30;

/** The slots of an entry, which are written in order and without duplicates. */
function offer(slots: Json): Interval[] {
  const read = (slots as Json[]).map(interval);
  hold(read.length <= MOST_SLOTS && read.every((slot) => slot !== undefined), "malformed");
  const inOrder = read.every(([begin, end], n) => {
    const before = read[n - 1];
    return !before || before[0] < begin || (before[0] === begin && before[1] < end);
  });
  hold(inOrder, "malformed");
  return read;
}

/** A proposal's offer only shrinks. */
function offerShrinks(): (said: Members) => void {
  let offered: Interval[] | undefined;
  return (said) => {
    const slots = offer(said["slots"] ?? []);
    const before = offered;
    hold(!before || slots.every(([begin, end]) => before.some((slot) => slot[0] <= begin && end <= slot[1])), "violated");
    offered = slots;
  };
}

/** The states that can follow each state of a calendar. */
const AFTER: { [state: string]: string[] } = {
  open: ["open", "finalizing", "closed"],
  finalizing: ["open", "finalizing", "finalized"],
  finalized: ["finalized"],
  closed: ["closed"],
};

/** Each state of a calendar follows from the one before, and those who have answered are among those who are asked. */
function statesFollow(): (said: Members) => void {
  let possible = ["open"];
  return (said) => {
    const state = String(said["state"]);
    hold(Number(said["answered"]) <= Number(said["invited"]) && possible.includes(state), "violated");
    possible = AFTER[state] ?? [];
  };
}

/** Orders texts by code points, as the domain does; JavaScript orders them by UTF-16. */
const key = (text: string) => Array.from(text, (character) => character.codePointAt(0)?.toString(16).padStart(6, "0")).join("");

/** Verifies an export. The steps have the numbers that they have in docs/log.md. */
export async function verify(bytes: Uint8Array, name: KindName = "proposal"): Promise<Verdict> {
  const own: Kind = KINDS[name];
  const shapes = shapesOf(own);
  const judge = own.rule();
  const entries: Entry[] = [];
  let line = 1;
  try {
    // 1. Lines in canonical bytes. What is no UTF-8 is in no line, and a byte order mark stays what it is.
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Refused("malformed");
    }
    hold(text.endsWith("\n"), "head");
    const lines = text.slice(0, -1).split("\n");
    // 2. The first line, and the genesis hash.
    const [first, ledger] = read(lines[0] ?? "", shapes);
    hold(first === "ledger" && ledger.format === "whittle-ledger/1" && Object.keys(ledger).sort().join() === ["format", name].sort().join(), "misplaced");
    const id = String(ledger[name]);
    let head = await sha256(`${own.genesis}${id}`);
    let commitments: Members = {};
    let opened: string | undefined;
    while (line < lines.length) {
      line += 1;
      const [kind, said, canonical] = read(lines[line - 1] ?? "", shapes);
      if (kind === "entry") {
        // 3. The chain, and the rule of its kind.
        entries.push({ seq: Number(said.seq), at: String(said.at), hash: "" });
        hold(said.seq === entries.length && said.prev === head, "unchained");
        judge(said);
        commitments = isMembers(said.commitments) ? said.commitments : {};
        opened = undefined;
        head = await sha256(canonical);
        entries[entries.length - 1] = { seq: entries.length, at: String(said.at), hash: head };
      } else if (kind === "opening") {
        // 4. Texts beside the chain.
        hold(entries.length > 0, "misplaced");
        const field = String(said.field);
        const commitment = await sha256(`${canonical.slice(0, -1)},"whittle":"commitment/1"}`);
        hold(said.seq === entries.length && Object.hasOwn(commitments, field) && commitments[field] === commitment, "unopened");
        hold(opened === undefined || key(field) > opened, "misplaced");
        opened = key(field);
      } else if (kind === "head") {
        // 5. The end.
        hold(entries.length > 0 && said.entries === entries.length && said.hash === head && line === lines.length, "head");
        return { id, entries, head };
      } else {
        throw new Refused("misplaced");
      }
    }
    throw new Refused("head");
  } catch (fault) {
    if (fault instanceof Refused) return { fault: fault.fault, line, entry: entries.length };
    throw fault;
  }
}

/** The receipts in a text that was pasted, such as a mail: runs of 64 hexadecimal digits, also where a mail program has wrapped them, quoted
 * them, or put characters without width between them. */
export function receipts(text: string): string[] {
  const found = text.toLowerCase().matchAll(/(?<![0-9a-f])[0-9a-f](?:[\s>|=\u00ad\u200b-\u200d\u2060\ufeff]{0,12}[0-9a-f]){63}(?![0-9a-f])/g);
  return [...new Set(Array.from(found, ([run]) => run.replace(/[^0-9a-f]/g, "")))];
}
