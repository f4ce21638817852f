// The Durable Object of one proposal, named by its id: state, hash-chained log and outbox in its own SQLite.
import { DurableObject } from "cloudflare:workers";
import {
  type Caller,
  type Command,
  type Creator,
  type Event,
  type Notice,
  type Proposal,
  type Proposing,
  type Recorded,
  Refusal,
  type Standing,
  type Via,
  apply,
  begin,
  decide,
  due,
  genesis,
  label,
  logEntry,
  named,
  nextWakeup,
  randomName,
  record,
  standing,
  view,
} from "./domain";
import { newestKey } from "./link";
import { type Letter, compose, send, suppressed } from "./mail";
import type { Env } from "./env";

type Held = { proposal: Proposal; head: string };
/** What the Worker answers with. */
export type Answer = { status: number; version?: number; retryAfter?: number; body: any };

const GRACE = 5_000;
const LEASE = 60_000;
const AT_ONCE = 5;
const DAY = 86_400_000;

const SCHEMA = `
  create table proposal (one integer primary key check (one = 1), state text not null, head text not null) strict;
  create table ledger (seq integer primary key, entry text not null, hash text not null, beside text not null) strict;
  create table outbox (
    id text primary key,
    kind text not null check (kind in ('mail', 'projection')),
    body text not null,
    key_id text not null,
    due_at integer not null,
    created_at integer not null,
    attempts integer not null default 0,
    error text
  ) strict, without rowid;`;

/** Somebody else wrote between deciding and writing. */
class Overtaken extends Error {}

export class ProposalObject extends DurableObject<Env> {
  private readonly sql = this.ctx.storage.sql;
  private made = this.sql.exec("select 1 from sqlite_master where name = 'proposal'").toArray().length > 0;

  async create(id: number, creator: Creator, via: Via, wanted: Proposing & { title: string; timezone: string }): Promise<Answer> {
    return this.answered(async () => {
      if (this.made) throw new Refusal(409, { detail: "There is a proposal with this id." });
      const own = wanted.parties.findIndex((p) => creator.verified && p.email.toLowerCase() === creator.address.toLowerCase());
      const by = own < 0 ? "creator" : `p${own + 1}`;
      const what = { act: "create" as const, id, creator, wanted };
      const { proposal } = await this.commit(null, [{ at: Date.now(), by, via, seenKey: by, what }]);
      return { status: 201, version: proposal.version, body: this.view(proposal, true) };
    });
  }

  async show(caller: Caller, via: Via): Promise<Answer> {
    return this.answered(async () => {
      const { proposal, who } = await this.act(caller, via, { do: "view" });
      return { status: 200, version: proposal.version, body: this.view(proposal, who.seesAddresses) };
    });
  }

  async narrow(caller: Caller, via: Via, wanted: (Command & { do: "narrow" })["wanted"]): Promise<Answer> {
    return this.answered(async () => {
      const { proposal, who } = await this.act(caller, via, { do: "narrow", wanted });
      return { status: 202, version: proposal.version, body: this.view(proposal, who.seesAddresses) };
    });
  }

  async notify(caller: Caller, via: Via, notice: Notice): Promise<Answer> {
    return this.answered(async () => {
      const counted = new Map<number, string>();
      const { proposal, who, events } = await this.act(caller, via, { do: "notify", notice }, counted);
      const mailed = events.flatMap((e) => (e.what.act === "notify" ? [e.what.to] : []));
      const { parties, slots, log_url, notify_url, url } = this.view(proposal, who.seesAddresses);
      const recipients = mailed.map((to) => notice.parties.find((text) => named(proposal, text, who)?.number === to));
      return { status: 202, body: { sender: who.address, parties, slots, log_url, notify_url, event_url: url, recipients } };
    });
  }

  async log(caller: Caller): Promise<Answer> {
    return this.answered(async () => {
      const { proposal, head } = this.load();
      const who = standing(proposal, caller);
      const rows = this.sql.exec<{ entry: string; hash: string; beside: string }>("select entry, hash, beside from ledger order by seq");
      const entries = rows
        .toArray()
        .map((row) => logEntry(proposal, JSON.parse(row.entry), row.hash, JSON.parse(row.beside), who.seesAddresses));
      const { url, parties } = this.view(proposal, who.seesAddresses);
      return { status: 200, body: { event: url, parties, entries, head } };
    });
  }

  private view(proposal: Proposal, seesAddresses: boolean) {
    return view(proposal, seesAddresses, this.env.PUBLIC_ORIGIN);
  }

  /** Errors lose their class on the way back to the Worker. */
  private async answered(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, retryAfter: error.retryAfter, body: error.body };
      throw error;
    }
  }

  private load(): Held {
    if (!this.made) throw new Refusal(404, { detail: "Not found." });
    const { state, head } = this.sql.exec<{ state: string; head: string }>("select state, head from proposal").one();
    return { proposal: JSON.parse(state), head };
  }

  /** Decides, counts the mails that are caused, and writes; again, if somebody was faster. */
  private async act(
    caller: Caller,
    via: Via,
    command: Command,
    counted?: Map<number, string>,
  ): Promise<Held & { who: Standing; events: Event[] }> {
    for (let tries = 0; tries < 5; tries++) {
      const held = this.load();
      const who = standing(held.proposal, caller);
      const events = decide(held.proposal, who, via, command, Date.now());
      if (events.length === 0) return { ...held, who, events };
      if (counted && (await this.count(held.proposal, who, events, counted))) continue;
      try {
        return { ...(await this.commit(held, events, counted)), who, events };
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
      }
    }
    throw new Refusal(503, { detail: "The service is not available just now. Please try again." }, 2);
  }

  /** Counts mails that are not counted yet, in one batch that the budgets' trigger refuses as a whole. */
  private async count(proposal: Proposal, who: Standing, events: Event[], counted: Map<number, string>): Promise<boolean> {
    const more = events.flatMap((e) => (e.what.act === "notify" && !counted.has(e.what.to) ? [e.what.to] : []));
    if (more.length === 0) return false;
    const now = Date.now();
    const rows = more.map((to) => [randomName(), proposal.parties.find((p) => p.number === to)!.address.toLowerCase()]);
    const { DB, BUDGET_RECIPIENT, BUDGET_SENDER, BUDGET_PROPOSAL } = this.env;
    try {
      await DB.batch([
        DB.prepare("delete from mail_counts where at <= ?1").bind(now - 2 * DAY),
        DB.prepare(
          `insert or ignore into mail_counts (id, recipient, sender, proposal, at, most_recipient, most_sender, most_proposal)
           select value ->> 0, value ->> 1, ?2, ?3, ?4, ?5, ?6, ?7 from json_each(?1)`,
        ).bind(
          JSON.stringify(rows),
          who.address?.toLowerCase() ?? "",
          proposal.id,
          now,
          Number(BUDGET_RECIPIENT),
          Number(BUDGET_SENDER),
          Number(BUDGET_PROPOSAL),
        ),
      ]);
    } catch (error) {
      if (String(error).includes("budget:")) throw new Refusal(429, { detail: "A budget of mail is used up." }, DAY / 1000);
      throw error;
    }
    more.forEach((to, i) => counted.set(to, rows[i][0]));
    return true;
  }

  /** Writes what the events make of the proposal in one transaction with what they owe, then pays the projection. */
  private async commit(before: Held | null, events: Event[], counted?: Map<number, string>): Promise<Held> {
    const now = Date.now();
    const listed = before && listing(before.proposal);
    let head = before?.head ?? "";
    let proposal = before?.proposal as Proposal;
    const recorded: Recorded[] = [];
    const letters: Letter[] = [];
    for (const event of events) {
      if (event.what.act === "create") {
        proposal = begin(event as Parameters<typeof begin>[0]);
        head = await genesis(proposal.id);
      } else {
        apply(proposal, event);
      }
      const entry = await record(proposal, event, head);
      head = entry.hash;
      recorded.push(entry);
      letters.push(...lettersOf(proposal, event, head, Number(this.env.LINK_DAYS)));
    }
    const keyId = newestKey(this.env.SECRET_KEYS);
    this.ctx.storage.transactionSync(() => {
      if (before === null) {
        this.sql.exec(SCHEMA);
      } else if (this.sql.exec<{ head: string }>("select head from proposal").one().head !== before.head) {
        throw new Overtaken();
      }
      this.sql.exec("insert or replace into proposal values (1, ?, ?)", JSON.stringify(proposal), head);
      for (const r of recorded) {
        this.sql.exec("insert into ledger values (?, ?, ?, ?)", r.seq, r.entry, r.hash, JSON.stringify(r.beside));
      }
      for (const letter of letters) {
        const id = counted?.get(letter.party) ?? randomName();
        this.sql.exec(
          "insert into outbox (id, kind, body, key_id, due_at, created_at) values (?, 'mail', ?, ?, ?, ?)",
          id,
          JSON.stringify(letter),
          keyId,
          now,
          now,
        );
      }
      if (listed !== listing(proposal)) {
        this.sql.exec(
          `insert into outbox (id, kind, body, key_id, due_at, created_at) values ('projection', 'projection', ?1, '', ?2, ?3)
           on conflict (id) do update set body = ?1`,
          String(proposal.entries),
          now + GRACE,
          now,
        );
      }
    });
    this.made = true;
    await this.rearm(proposal);
    if (listed !== listing(proposal)) await this.project().catch((error) => console.error(String(error)));
    return { proposal, head };
  }

  /** Sets the alarm for whatever is due next. No await before this: it is written with what caused it. */
  private rearm(proposal: Proposal): Promise<void> {
    const [{ next }] = this.sql.exec<{ next: number | null }>("select min(due_at) as next from outbox").toArray();
    const dues = [...nextWakeup(proposal), ...(next === null ? [] : [next])];
    return dues.length > 0 ? this.ctx.storage.setAlarm(Math.min(...dues)) : this.ctx.storage.deleteAlarm();
  }

  /** Writes the list's row: an upsert that an older version loses. */
  private async project(): Promise<void> {
    const owed = this.sql.exec<{ body: string }>("select body from outbox where id = 'projection'").toArray()[0];
    if (!owed) return;
    const { proposal: p } = this.load();
    const { DB } = this.env;
    const answer = (q: (typeof p.parties)[number]) => (p.phase !== "open" ? null : q.answer ? "given" : q.optional ? "optional" : "required");
    const parties = p.phase === "closed" ? [] : p.parties.map((q) => [q.address.toLowerCase(), answer(q)] as const);
    const keys = JSON.stringify(parties);
    const requiredLeft = parties.filter(([, due]) => due === "required").length;
    const masked = p.visibility === "open" ? null : JSON.stringify(view(p, false, null));
    const writing = DB.batch([
      DB.prepare(
        `insert into proposals (id, entries, creator, title, state, shown, masked, created_at, updated_at, deadline, required_left)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         on conflict (id) do update set entries = excluded.entries, title = excluded.title, state = excluded.state,
           shown = excluded.shown, masked = excluded.masked, updated_at = excluded.updated_at, deadline = excluded.deadline, required_left = excluded.required_left
         where excluded.entries > entries`,
      ).bind(p.id, p.entries, p.creator.account, p.title, p.phase, JSON.stringify(view(p, true, null)), masked, p.createdAt, p.updatedAt, p.deadline, requiredLeft),
      DB.prepare(
        `delete from proposal_parties where proposal = ?1
         and (select entries from proposals where id = ?1) = ?2 and address_key not in (select value ->> 0 from json_each(?3))`,
      ).bind(p.id, p.entries, keys),
      DB.prepare(
        `insert into proposal_parties (proposal, address_key, answer)
         select ?1, value ->> 0, value ->> 1 from json_each(?3) where (select entries from proposals where id = ?1) = ?2
         on conflict (address_key, proposal) do update set answer = excluded.answer where excluded.answer is not answer`,
      ).bind(p.id, p.entries, keys),
    ]);
    await Promise.race([writing, scheduler.wait(2_000).then(() => Promise.reject(new Error("D1 did not answer in time")))]);
    this.sql.exec("delete from outbox where id = 'projection' and body = ?", owed.body);
  }

  async alarm(): Promise<void> {
    if (!this.made) return;
    await this.ctx.storage.setAlarm(Date.now() + 30_000);
    const held = this.load();
    const events = due(held.proposal, Date.now());
    if (events.length > 0) await this.commit(held, events);
    await this.project().catch((error) => console.error(String(error)));
    await this.deliver();
    await this.rearm(this.load().proposal);
  }

  /** Mail that is due: claimed, sent with an idempotency key, marked. */
  private async deliver(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      const now = Date.now();
      const claimed = this.sql
        .exec<{ id: string; body: string; key_id: string; attempts: number }>(
          `update outbox set due_at = ?1 + ?2, attempts = attempts + 1 where id in
             (select id from outbox where kind = 'mail' and due_at <= ?1 order by created_at, id limit ?3)
           returning id, body, key_id, attempts`,
          now,
          LEASE,
          AT_ONCE,
        )
        .toArray();
      if (claimed.length === 0) return;
      const letters = claimed.map((row) => JSON.parse(row.body) as Letter);
      const unwanted = await suppressed(this.env.DB, letters);
      await Promise.all(
        claimed.map(async (row, i) => {
          try {
            if (!unwanted.has(letters[i].to.toLowerCase())) {
              await send(this.env, `${row.id}-${row.key_id}`, await compose(letters[i], row.key_id, this.env));
            }
            this.sql.exec("delete from outbox where id = ?", row.id);
          } catch (error) {
            const wait = Math.min(2_000 * 2 ** (row.attempts - 1), 3_600_000);
            this.sql.exec("update outbox set due_at = ?, error = ? where id = ?", Date.now() + wait, String(error), row.id);
          }
        }),
      );
    }
  }
}

/** What lists show changes with this. */
const listing = (p: Proposal) => `${p.version} ${p.parties.filter((q) => q.opened).length}`;

/** The mails of an event, without their tokens. */
function lettersOf(p: Proposal, event: Event, head: string, days: number): Letter[] {
  const { what, at } = event;
  const seconds = Math.floor(at / 1000);
  const common = { proposal: p.id, account: p.creator.account, title: p.title, location: p.location, description: p.description, timezone: p.timezone, slots: p.slots, deadline: p.deadline, head };
  const out = (party: number, generation: number) =>
    ({ purpose: "unsubscribe", subject: p.id, party, generation, expires: seconds + 5 * 365 * 86_400 }) as const;
  if (what.act === "notify") {
    const party = p.parties.find((q) => q.number === what.to);
    if (!party) return [];
    const open = p.visibility === "open";
    const by = p.parties.find((q) => label(q) === event.by);
    return [
      {
        ...common,
        template: what.first ? "invitation" : "update",
        to: party.address,
        party: party.number,
        replyTo: open ? what.sender : null,
        sender: open ? what.sender : by ? (by.name ?? label(by)) : null,
        link: { purpose: "proposal", subject: p.id, party: party.number, generation: party.generation, expires: seconds + days * 86_400 },
        unsubscribe: out(party.number, party.generation),
      },
    ];
  }
  if (what.act === "digest" || what.act === "answered" || what.act === "exhaust" || what.act === "expire") {
    return [{ ...common, template: what.act, to: p.creator.address, party: 0, replyTo: null, sender: null, link: null, unsubscribe: out(0, 0) }];
  }
  return [];
}
