// The built Worker with its statements counted and their texts kept: what the harness deploys. It changes prototypes of the
// platform and replaces no object, for the Worker checks the classes of what it is given. The path /.counted/ is its own.
import * as product from "../../build/index.js";

/// What happened since the isolate began: calls of D1, their statements, the rows that these read and wrote; requests to
/// objects, runs of alarms, statements, rows, and how often an alarm was set, which is billed as a row that is written.
const counts = { calls: 0, statements: 0, read: 0, written: 0, hops: 0, runs: 0, objectStatements: 0, objectRead: 0, objectWritten: 0, alarmsSet: 0 };
/// How often each object was made, by its name: it is made again after the platform has evicted it.
const made = {};
/// What the alarms of each object took, by its name, since alarms run one by one.
const followed = {};
const texts = { d1: new Set(), objects: new Set() };
/// When the alarm of each object is due, by the object's id: an object that nobody asks is evicted, and gets another storage.
const due = new Map();
const ids = new WeakMap();
const names = new Map();
/// Set by /.counted/hold/: alarms wait until /.counted/release/, then they run one after the other, so that what follows an
/// answer is counted apart from it.
let held = false;
let inTurn = false;
let running = 0;
/// Set by /.counted/stay/: whatever object is asked from then on stays, with all that it remembers. /.counted/leave/{name}/ lets one go.
let stays = false;
const leaving = new Set();
const STAY = "http://object/.counted/stay/";
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/// Set by /.counted/pause/{words}/: the next batch with a statement that has these words waits until /.counted/go/, so that something
/// happens between what its caller has read and what it writes.
let words;
let waits = false;

const patched = new WeakSet();
/// Replaces methods of an object's prototype, once.
function patch(object, methods) {
  const prototype = Object.getPrototypeOf(object);
  if (patched.has(prototype)) return;
  patched.add(prototype);
  for (const [name, around] of Object.entries(methods)) {
    const inner = prototype[name];
    prototype[name] = function (...args) {
      return around.call(this, (...given) => inner.apply(this, given), ...args);
    };
  }
}

function called(statements) {
  counts.calls += 1;
  counts.statements += statements.length;
  for (const { statement } of statements) texts.d1.add(statement);
}

function answered(results) {
  for (const { meta } of results) {
    counts.read += meta.rows_read;
    counts.written += meta.rows_written;
  }
  return results;
}

function patchDirectory(db) {
  async function batch(inner, statements) {
    called(statements);
    if (words && statements.some(({ statement }) => statement.includes(words))) {
      [words, waits] = [undefined, true];
      while (waits) await pause(5);
    }
    return answered(await inner(statements));
  }
  async function one(inner, ...args) {
    called([this]);
    const result = await inner(...args);
    if (result?.meta) answered([result]);
    return result;
  }
  patch(db, { batch });
  patch(db.prepare(""), { first: one, all: one, run: one, raw: one });
}

/// The cursors of objects' statements by storage: how many rows they took is known once they have been read, and nobody but
/// their object may ask them.
const cursors = new WeakMap();

function patchObject({ id, storage }, prefix) {
  ids.set(storage, id.toString());
  names.set(id.toString(), `${prefix}${id.name}`);
  patch(storage.sql, {
    exec(inner, sql, ...params) {
      const cursor = inner(sql, ...params);
      if (sql.includes("__miniflare")) return cursor;
      counts.objectStatements += 1;
      texts.objects.add(sql);
      cursors.get(this)?.push(cursor) ?? cursors.set(this, [cursor]);
      return cursor;
    },
  });
  patch(storage, {
    setAlarm(inner, at, ...more) {
      counts.alarmsSet += 1;
      due.set(ids.get(this), Number(at));
      return inner(at, ...more);
    },
    deleteAlarm(inner, ...more) {
      due.delete(ids.get(this));
      return inner(...more);
    },
  });
}

function countRows({ storage }) {
  for (const { rowsRead, rowsWritten } of cursors.get(storage.sql)?.splice(0) ?? []) {
    counts.objectRead += rowsRead;
    counts.objectWritten += rowsWritten;
  }
}

/// Whether no alarm runs, and none is due within a minute.
const isQuiet = () => running === 0 && [...due.values()].every((at) => at > Date.now() + 60_000);

/// The class of a kind of object: the binding of those that may be told to stay, and what tells its names from others' where it is
/// asked when they are due.
const counting = (Inner, binding, prefix = "") =>
  class extends Inner {
    #isStaying = false;

    constructor(context, env) {
      made[context.id.name] = (made[context.id.name] ?? 0) + 1;
      patchObject(context, prefix);
      patchDirectory(env.DB);
      super(context, env);
    }

    /// Has a request of its own wait in the object: the platform evicts one that nobody has asked for a while, and how soon that is
    /// depends on how fast the machine is.
    #stay() {
      if (!stays || !binding || this.#isStaying) return;
      this.#isStaying = true;
      this.env[binding].get(this.ctx.id).fetch(STAY).catch(() => {});
    }

    async #wait() {
      while (stays && !leaving.delete(this.ctx.id.name)) await pause(20);
      this.#isStaying = false;
      return new Response();
    }

    async answer(message) {
      counts.hops += 1;
      this.#stay();
      try {
        return await super.answer(message);
      } finally {
        countRows(this.ctx);
      }
    }

    async fetch(request) {
      if (request.url === STAY) return this.#wait();
      counts.hops += 1;
      this.#stay();
      try {
        return await super.fetch(request);
      } finally {
        countRows(this.ctx);
      }
    }

    async alarm() {
      while (held || (inTurn && running)) await pause(5);
      const before = { ...counts };
      running += 1;
      counts.runs += 1;
      due.delete(ids.get(this.ctx.storage));
      try {
        return await super.alarm();
      } finally {
        countRows(this.ctx);
        const taken = (followed[this.ctx.id.name] ??= {});
        for (const name of Object.keys(counts)) taken[name] = (taken[name] ?? 0) + counts[name] - before[name];
        running -= 1;
      }
    }
  };

export const ProposalObject = counting(product.ProposalObject, "PROPOSAL");
export const CalendarObject = counting(product.CalendarObject, "CALENDAR");
export const MailClock = counting(product.MailClock, "MAIL_CLOCK");
export const SubscriptionClock = counting(product.SubscriptionClock, undefined, "subscriptions ");
export const AccountDeleter = counting(product.AccountDeleter);

export default {
  ...product.default,

  async fetch(request, env, context) {
    patchDirectory(env.DB);
    const [, path, command, name] = new URL(request.url).pathname.split("/");
    if (path !== ".counted") {
      try {
        return await product.default.fetch(request, env, context);
      } finally {
        // As wrangler has it in development: a connection whose request was not read to its end would be cut.
        if (request.body && !request.bodyUsed) await request.body.pipeTo(new WritableStream()).catch(() => {});
      }
    }
    if (command === "stay") stays = true;
    else if (command === "leave") leaving.add(name);
    else if (command === "pause") words = decodeURIComponent(name);
    else if (command === "go") waits = false;
    else if (command) held = command === "hold";
    if (held) inTurn = true;
    return Response.json({ counts, made, due: Object.fromEntries([...due].map(([object, at]) => [names.get(object), at])), followed, waits, quiet: isQuiet(), texts: { d1: [...texts.d1], objects: [...texts.objects] } });
  },
};
