// What a proposal is: its schemas, what acts do to it, how the API shows it.
import canonicalize from "canonicalize";
import { z } from "zod";

// ---- values -------------------------------------------------------------------------------------------------------

const instant = z.iso
  .datetime({ offset: true, local: true, error: "Datetime has wrong format." })
  .transform((text) => Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`));

const DURATION = /^(?:(\d+) )?(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,2})$/;
const duration = z
  .union([z.number().positive(), z.string().regex(DURATION, "Duration has wrong format.")])
  .transform((value) => {
    if (typeof value === "number") return value * 1000;
    const [, days, hours, minutes, seconds] = DURATION.exec(value) ?? [];
    return (((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
  })
  .refine((millis) => millis > 0, "A duration is more than zero.");

const slot = z.object({ begin: instant, duration });
/** A set of slots, in order. */
const slots = z.array(slot).transform((all, ctx) => {
  all.sort((a, b) => a.begin - b.begin || a.duration - b.duration);
  const unique = all.filter((s, i) => i === 0 || s.begin !== all[i - 1].begin || s.duration !== all[i - 1].duration);
  if (unique.length > 30) ctx.addIssue({ code: "custom", message: "At most 30 slots." });
  return unique;
});
export type Slot = z.output<typeof slot>;

const line = (most: number) =>
  z.string().trim().min(1, "This field may not be blank.").refine((text) => text.length <= most, `At most ${most} bytes.`);
const UNPRINTABLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;
/** A text that may be empty: one line, or, where it may, several. */
const text = (most: number, breaks: boolean) =>
  z
    .string()
    .transform((value) => value.trim().replace(/\r\n?/g, "\n"))
    .refine((value) => [...value].length <= most, `Ensure this field has no more than ${most} characters.`)
    .refine((value) => !UNPRINTABLE.test(breaks ? value.replaceAll("\n", "") : value), "Control characters are not allowed.");
const timezone = z.string().refine((name) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}, "Not a time zone of the IANA database.");

const party = z.union([
  z.email("Enter a valid email address.").transform((email) => ({ email, name: null as string | null, optional: false })),
  z.object({ email: z.email("Enter a valid email address."), name: line(120).nullish(), optional: z.boolean().nullish() }).transform(
    ({ email, name, optional }) => ({ email, name: name ?? null, optional: optional ?? false }),
  ),
]);
const parties = z
  .array(party)
  .min(1, "This list may not be empty.")
  .max(50, "At most 50.")
  .transform((all) => [...new Map(all.map((p) => [p.email.toLowerCase(), p])).values()])
  .refine((all) => all.some((p) => !p.optional), "At least one party must be required.");

export const proposing = z.object({
  parties,
  slots: slots.refine((all) => all.length > 0, "This list may not be empty."),
  title: line(256).optional(),
  location: text(255, false).default(""),
  description: text(2000, true).default(""),
  timezone: timezone.nullish(),
  deadline: instant.refine((at) => at > Date.now(), "The deadline must be in the future.").nullish(),
  min_duration: duration.nullish(),
  visibility: z.enum(["open", "names"]).default("open"),
});
export type Proposing = z.output<typeof proposing>;

export const narrowing = z.object({
  slots: slots.optional(),
  title: line(256).optional(),
  location: text(255, false).optional(),
  description: text(2000, true).optional(),
  timezone: timezone.optional(),
  deadline: instant.nullable().optional(),
  note: line(280).nullish(),
  parties: parties.optional(),
});
export type Narrowing = z.output<typeof narrowing> & { ifMatch?: number[] };

export const notice = z.object({
  parties: z.array(z.string()).max(50),
  slots,
  sender: z.email().nullish(),
  invitation: z.boolean().nullish(),
});
export type Notice = z.output<typeof notice>;

/** What the organiser can change beside the times; each change is an entry of its own. */
export const DETAILS = ["title", "location", "description", "timezone"] as const;
export type Detail = (typeof DETAILS)[number];

/** `2026-12-01T10:00:00Z`, six digits where there is a fraction. */
export const writeInstant = (millis: number) => {
  const text = new Date(millis).toISOString();
  return millis % 1000 === 0 ? `${text.slice(0, 19)}Z` : `${text.slice(0, 23)}000Z`;
};
/** `[D ]HH:MM:SS` */
export const writeDuration = (millis: number) => {
  const two = (n: number) => String(n).padStart(2, "0");
  const seconds = Math.floor(millis / 1000);
  const days = Math.floor(seconds / 86_400);
  const text = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${days} ${text}` : text;
};
const writeSlots = (all: Slot[]) => all.map((s) => ({ begin: writeInstant(s.begin), duration: writeDuration(s.duration) }));

// ---- state --------------------------------------------------------------------------------------------------------

export type Via = "link" | "token" | "system";
export type Caller =
  | { kind: "link"; party: number; generation: number }
  | { kind: "account"; id: number; address: string; verified: boolean; staff: boolean };
export type Creator = { account: number; address: string; verified: boolean };
export type Party = {
  number: number;
  address: string;
  name: string | null;
  optional: boolean;
  generation: number;
  invited: boolean;
  opened: boolean;
  answer: { slots: Slot[]; of: number; note: string | null } | null;
};
export type Proposal = {
  id: number;
  version: number;
  entries: number;
  phase: "open" | "agreed" | "exhausted" | "closed";
  creator: Creator;
  title: string;
  location: string;
  description: string;
  timezone: string;
  deadline: number | null;
  deadlineTold: boolean;
  minDuration: number | null;
  visibility: "open" | "names";
  slots: Slot[];
  parties: Party[];
  /** Which version each actor saw last. */
  seen: Record<string, number>;
  cuts: { by: string; at: number; slots: Slot[] }[];
  pending: { due: number; by: string[] } | null;
  createdAt: number;
  updatedAt: number;
};
export type Standing = { actor: string; seenKey: string; organiser: boolean; address: string | null; seesAddresses: boolean };

/** A refusal with its status and body. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly retryAfter?: number,
  ) {
    super(`refused: ${status}`);
  }
}
const refuse = (status: number, detail: string) => new Refusal(status, { detail });

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
export const label = (p: Party) => `p${p.number}`;
const ofLabel = (p: Proposal, text: string) => p.parties.find((q) => label(q) === text);

export function standing(p: Proposal, caller: Caller): Standing {
  const open = p.visibility === "open";
  if (caller.kind === "link") {
    const found = p.parties.find((q) => q.number === caller.party && q.generation === caller.generation);
    if (!found) throw refuse(401, "Invalid link.");
    return { actor: label(found), seenKey: label(found), organiser: false, address: found.address, seesAddresses: open };
  }
  const own = caller.verified ? p.parties.find((q) => same(q.address, caller.address)) : undefined;
  const creator = p.creator.account === caller.id;
  if (!own && !creator && !caller.staff) throw refuse(403, "You do not have permission to perform this action.");
  const actor = own ? label(own) : creator ? "creator" : "staff";
  const organiser = creator || caller.staff;
  return {
    actor,
    seenKey: actor === "staff" ? `staff ${caller.address.toLowerCase()}` : actor,
    organiser,
    address: caller.verified ? caller.address : null,
    seesAddresses: open || organiser,
  };
}

const shown = (p: Party, seesAddresses: boolean) => (seesAddresses ? p.address : (p.name ?? label(p)));

/** The party that a text names for somebody: a label, an address, or what is shown instead of it. */
export function named(p: Proposal, text: string, who: Standing): Party | undefined {
  const wanted = text.trim();
  const own = who.address !== null && same(who.address, wanted);
  return (
    ofLabel(p, wanted) ??
    p.parties.find((q) => same(q.address, wanted) && (who.seesAddresses || own)) ??
    p.parties.find((q) => !who.seesAddresses && shown(q, false) === wanted)
  );
}

const isCreator = (p: Proposal, actor: string) => {
  const party = ofLabel(p, actor);
  return party ? same(party.address, p.creator.address) : actor === "creator";
};
const allAnswered = (p: Proposal) => p.parties.every((q) => q.optional || q.answer !== null);

export function view(p: Proposal, seesAddresses: boolean, origin: string | null) {
  const url = (path: string) => (origin === null ? null : `${origin}/${p.id}/${path}`);
  return {
    id: p.id,
    url: url(""),
    log_url: url("log/"),
    title: p.title,
    parties: p.parties.map((q) => shown(q, seesAddresses)),
    slots: writeSlots(p.slots),
    notify_url: url("notify/"),
    state: p.phase,
    version: p.version,
    location: p.location,
    description: p.description,
    deadline: p.deadline === null ? null : writeInstant(p.deadline),
    timezone: p.timezone,
    min_duration: p.minDuration === null ? null : writeDuration(p.minDuration),
    visibility: p.visibility,
    successor: null,
    predecessor: null,
    answers: p.parties.map((q) => ({
      party: label(q),
      email: seesAddresses ? q.address : null,
      name: q.name,
      optional: q.optional,
      state: q.answer ? (q.answer.slots.length === 0 ? "none" : "kept") : q.opened ? "opened" : "invited",
      kept: q.answer?.slots.length ?? null,
      of: q.answer?.of ?? null,
      note: q.answer?.note ?? null,
    })),
    ...(p.phase === "agreed" && { meeting_url: origin === null ? null : `${origin}/meetings/${p.id}/` }),
  };
}
export type View = ReturnType<typeof view>;

// ---- acts ---------------------------------------------------------------------------------------------------------

export type What =
  | { act: "create"; id: number; creator: Creator; wanted: Proposing & { title: string; timezone: string } }
  | { act: "view" | "agree" | "exhaust" | "answered" | "digest" | "expire" }
  | { act: "answer" | "cut"; slots: Slot[]; note: string | null }
  | { act: Detail; value: string }
  | { act: "deadline"; deadline: number | null }
  | { act: "notify"; to: number; first: boolean; sender: string | null };
export type Event = { at: number; by: string; via: Via; seenKey: string; what: What };

const MOST_ENTRIES = 2000;
const DIGEST = 600_000;

const settled = (p: Proposal): What | null => {
  if (p.phase !== "open") return null;
  if (p.slots.length === 0) return { act: "exhaust" };
  return p.slots.length === 1 && allAnswered(p) ? { act: "agree" } : null;
};

const within = (inner: Slot, outer: Slot) =>
  inner.begin >= outer.begin && inner.begin + inner.duration <= outer.begin + outer.duration;

/** The only way from one offered set to the next. */
function narrowed(p: Proposal, wanted: Slot[]): Slot[] {
  const write = (s: Slot) => `${writeInstant(s.begin)} ${writeDuration(s.duration)}`;
  const outside = wanted.filter((w) => !p.slots.some((o) => within(w, o)));
  const short = wanted.filter((w) => p.minDuration !== null && w.duration < p.minDuration && !outside.includes(w));
  if (outside.length + short.length === 0) return wanted;
  throw new Refusal(400, {
    slots: [
      ...outside.map((s) => `${write(s)} does not lie within a slot that is offered.`),
      ...short.map((s) => `${write(s)} is shorter than min_duration.`),
      `Offered now: ${p.slots.map(write).join(", ")}`,
    ],
  });
}

export type Command = { do: "view" } | { do: "narrow"; wanted: Narrowing } | { do: "notify"; notice: Notice };

function wants(p: Proposal, who: Standing, command: Command, now: number): What[] {
  if (command.do === "view") return p.seen[who.seenKey] === p.version ? [] : [{ act: "view" }];
  if (command.do === "notify") return notified(p, who, command.notice);
  const { wanted } = command;
  if (!who.organiser && (wanted.deadline !== undefined || DETAILS.some((name) => wanted[name] !== undefined))) {
    throw refuse(403, "You do not have permission to perform this action.");
  }
  if (wanted.ifMatch && !wanted.ifMatch.includes(p.version)) throw refuse(412, "The proposal has changed.");
  const all: What[] = [];
  for (const act of DETAILS) {
    const value = wanted[act];
    if (value !== undefined && value !== p[act]) all.push({ act, value });
  }
  if (wanted.deadline !== undefined) {
    if (wanted.deadline !== null && wanted.deadline <= now) {
      throw new Refusal(400, { deadline: ["The deadline must be in the future."] });
    }
    if (wanted.deadline !== p.deadline) all.push({ act: "deadline", deadline: wanted.deadline });
  }
  if (wanted.slots) {
    if (p.phase === "agreed") throw refuse(409, "The time is agreed; answers are over.");
    if (p.phase === "exhausted") throw refuse(409, "Nothing is left to answer.");
    const deadline = wanted.deadline === undefined ? p.deadline : wanted.deadline;
    if (deadline !== null && deadline <= now) throw refuse(409, "The deadline has passed.");
    const act = ofLabel(p, who.actor) ? "answer" : "cut";
    all.push({ act, slots: narrowed(p, wanted.slots), note: wanted.note ?? null });
  }
  return all;
}

function notified(p: Proposal, who: Standing, wanted: Notice): What[] {
  const unknown = wanted.parties.filter((text) => !named(p, text, who));
  const errors = {
    ...(unknown.length > 0 && { parties: [`Not in event: ${unknown.join(" ")}`] }),
    ...(canonicalize(wanted.slots) !== canonicalize(p.slots) && { slots: ["Mismatch with event"] }),
  };
  if (wanted.sender && (who.address === null || !same(wanted.sender, who.address))) {
    throw refuse(403, "sender must be your own proven address.");
  }
  if (Object.keys(errors).length > 0) throw new Refusal(400, errors);
  const found = new Set(wanted.parties.map((text) => named(p, text, who)));
  return [...found]
    .filter((q): q is Party => q !== undefined && label(q) !== who.actor)
    .map((q) => ({ act: "notify", to: q.number, first: !q.invited, sender: who.address }));
}

/** What the command causes. */
export function decide(p: Proposal, who: Standing, via: Via, command: Command, now: number): Event[] {
  if (p.phase === "closed") throw refuse(410, "This proposal is closed.");
  const all = wants(p, who, command, now);
  if (p.entries + all.length > MOST_ENTRIES) {
    if (command.do === "view") return [];
    if (all.length > 0) throw new Refusal(429, { detail: "The log of this proposal is full; ask who proposed it." }, 86_400);
  }
  const events = all.map((what): Event => ({ at: now, by: who.actor, via, seenKey: who.seenKey, what }));
  if (command.do !== "narrow" || events.length === 0) return events;
  const after = structuredClone(p);
  for (const event of events) apply(after, event);
  const complete = after.phase === "open" && allAnswered(after) && !allAnswered(p) && !isCreator(after, who.actor);
  const follows = settled(after) ?? (complete ? ({ act: "answered" } as const) : null);
  if (follows) events.push({ at: now, by: "system", via: "system", seenKey: "system", what: follows });
  return events;
}

/** What time causes. */
export function due(p: Proposal, now: number): Event[] {
  const told = p.deadline !== null && p.phase === "open" && !p.deadlineTold && p.deadline <= now;
  const act = told ? "expire" : p.pending && p.pending.due <= now ? "digest" : null;
  return act && p.phase !== "closed" ? [{ at: now, by: "system", via: "system", seenKey: "system", what: { act } }] : [];
}
export function nextWakeup(p: Proposal): number[] {
  const deadline = p.phase === "open" && !p.deadlineTold ? p.deadline : null;
  return [p.pending?.due ?? null, deadline].filter((at) => at !== null);
}

export function begin(event: Event & { what: { act: "create" } }): Proposal {
  const { id, creator, wanted } = event.what;
  return {
    id,
    version: 1,
    entries: 1,
    phase: "open",
    creator,
    title: wanted.title,
    location: wanted.location,
    description: wanted.description,
    timezone: wanted.timezone,
    deadline: wanted.deadline ?? null,
    deadlineTold: false,
    minDuration: wanted.min_duration ?? null,
    visibility: wanted.visibility,
    slots: wanted.slots,
    parties: wanted.parties.map((p, i) => ({
      number: i + 1,
      address: p.email,
      name: p.name,
      optional: p.optional,
      generation: 0,
      invited: false,
      opened: false,
      answer:
        creator.verified && same(p.email, creator.address)
          ? { slots: wanted.slots, of: wanted.slots.length, note: null }
          : null,
    })),
    seen: {},
    cuts: [],
    pending: null,
    createdAt: event.at,
    updatedAt: event.at,
  };
}

function cut(p: Proposal, by: string, kept: Slot[], at: number) {
  const gone = p.slots.filter((s) => !kept.some((k) => k.begin === s.begin && k.duration === s.duration));
  const earlier = p.cuts.filter((c) => c.by === by).reduce((sum, c) => sum + c.slots.length, 0);
  const slots = gone.slice(0, 30 - earlier);
  p.slots = kept;
  if (slots.length > 0) p.cuts.push({ by, at, slots });
}

function gather(p: Proposal, by: string, at: number) {
  if (isCreator(p, by)) return;
  p.pending ??= { due: at + DIGEST, by: [] };
  if (!p.pending.by.includes(by)) p.pending.by.push(by);
}

/** Changes the proposal by the event: the only way it changes. */
export function apply(p: Proposal, { what, by, at, seenKey }: Event): void {
  const before = p.version;
  switch (what.act) {
    case "answer":
    case "cut": {
      const party = what.act === "answer" ? ofLabel(p, by) : undefined;
      if (party) party.answer = { slots: what.slots, of: p.slots.length, note: what.note };
      if (!party?.optional) cut(p, by, what.slots, at);
      gather(p, by, at);
      p.version++;
      break;
    }
    case "title":
    case "location":
    case "description":
    case "timezone":
      p[what.act] = what.value;
      p.version++;
      break;
    case "deadline":
      p.deadline = what.deadline;
      p.deadlineTold = false;
      p.version++;
      break;
    case "agree":
    case "exhaust":
      p.phase = what.act === "agree" ? "agreed" : "exhausted";
      p.pending = null;
      p.version++;
      break;
    case "answered":
    case "digest":
      p.pending = null;
      break;
    case "expire":
      p.deadlineTold = true;
      p.pending = null;
      break;
    case "notify": {
      const party = p.parties.find((q) => q.number === what.to);
      if (party) party.invited = true;
      break;
    }
    case "view": {
      p.seen[seenKey] = p.version;
      const party = ofLabel(p, by);
      if (party) party.opened = true;
      break;
    }
  }
  p.entries++;
  if (p.version !== before) p.updatedAt = at;
}

// ---- ledger -------------------------------------------------------------------------------------------------------

const KINDS = { view: "VIEW", notify: "NOTIFY", answered: "NOTIFY", digest: "NOTIFY", expire: "NOTIFY" } as const;

export type Entry = {
  seq: number;
  at: string;
  kind: "UPDATE" | "NOTIFY" | "VIEW";
  act: string;
  via: Via;
  by: string;
  about?: string;
  slots: { begin: string; duration: string }[];
  commitments?: Record<string, string>;
  prev: string;
};
export type Opening = { seq: number; field: string; salt: string; value: unknown };
export type Recorded = { entry: string; seq: number; hash: string; beside: { openings: Opening[]; staff: string | null } };

const encoder = new TextEncoder();
const hex = (bytes: Uint8Array) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
export const sha256 = async (text: string) =>
  hex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
export const randomName = () => hex(crypto.getRandomValues(new Uint8Array(16)));
export const genesis = (id: number) => sha256(`whittle ledger 1 ${id}`);

/** What an entry commits to, by field. */
function beside(what: What): [string, unknown][] {
  switch (what.act) {
    case "create": {
      const { wanted } = what;
      const terms = {
        deadline: wanted.deadline ? writeInstant(wanted.deadline) : null,
        min_duration: wanted.min_duration ? writeDuration(wanted.min_duration) : null,
        timezone: wanted.timezone,
        visibility: wanted.visibility,
      };
      const { title, location, description } = wanted;
      const texts = Object.entries({ title, location, description }).filter(([, value]) => value !== "");
      return [...texts, ["terms", terms], ...wanted.parties.map((p, i): [string, unknown] => [`p${i + 1}`, p])];
    }
    case "answer":
    case "cut":
      return what.note === null ? [] : [["note", what.note]];
    case "title":
    case "location":
    case "description":
    case "timezone":
      return [[what.act, what.value]];
    case "deadline":
      return [["deadline", what.deadline === null ? null : writeInstant(what.deadline)]];
    default:
      return [];
  }
}

/** The ledger entry of an event that led to `after`. */
export async function record(after: Proposal, event: Event, prev: string): Promise<Recorded> {
  const { what } = event;
  const seq = after.entries;
  const openings = beside(what).map(([field, value]): Opening => ({ seq, field, salt: randomName(), value }));
  const commitments = await Promise.all(
    openings.map(async (o) => [o.field, await sha256(canonicalize({ whittle: "commitment/1", ...o })!)] as const),
  );
  const entry: Entry = {
    seq,
    at: writeInstant(event.at),
    kind: KINDS[what.act as keyof typeof KINDS] ?? "UPDATE",
    act: what.act,
    via: event.via,
    by: event.by,
    ...(what.act === "notify" && { about: `p${what.to}` }),
    slots: writeSlots(after.slots),
    ...(commitments.length > 0 && { commitments: Object.fromEntries(commitments) }),
    prev,
  };
  const text = canonicalize(entry)!;
  const staff = event.by === "staff" ? event.seenKey.slice("staff ".length) : null;
  return { entry: text, seq, hash: await sha256(text), beside: { openings, staff } };
}

/** An entry as the log shows it. */
export function logEntry(p: Proposal, entry: Entry, hash: string, { openings, staff }: Recorded["beside"], sees: boolean) {
  const who = (text: string) => {
    const party = ofLabel(p, text);
    if (party) return shown(party, sees);
    if (sees && text === "creator") return p.creator.address;
    return sees && text === "staff" ? (staff ?? text) : text;
  };
  const effector = who(entry.by);
  const data: Record<string, unknown> = { act: entry.act, via: entry.via };
  if (entry.act === "create") data.opened = "created";
  if (entry.act === "notify" && entry.about) Object.assign(data, { sender: effector, recipient: who(entry.about) });
  if (entry.act !== "create") {
    for (const o of openings) if ([...DETAILS, "note", "deadline"].includes(o.field)) data[o.field] = o.value;
  }
  return { id: entry.seq, when: entry.at, occurrence: entry.kind, effector, slots: entry.slots, data, prev: entry.prev, hash };
}
