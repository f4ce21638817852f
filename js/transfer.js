// Moves a whole deployment: what stands in D1 and in the objects' own SQLite, whatever the tables are. Nothing here names a table or
// a column, so that one that is added later is moved, too. src/transfer.rs says who may ask; js/stored.js is the objects' side.
import { within } from "./platform.js";

/// The tables of D1 whose ids are those of objects, and the bindings of these.
const OBJECTS = { proposals: "PROPOSAL", calendars: "CALENDAR" };
/// The most rows of a page, and the most characters of one that has several: D1 takes parameters of 2 MB.
const MOST_ROWS = 200;
const MOST_CHARACTERS = 500_000;
/// The largest body, in bytes.
const MOST_BYTES = 30 * 1024 * 1024;
/// How many milliseconds D1 or an object may take.
const DEADLINE = 20_000;

/// All tables of ours, what they refer to first: each with its columns, and with those of its primary key. What begins with an
/// underscore is the platform's.
const TABLES = `with recursive
  own (name) as (select name from sqlite_master where type = 'table' and name not glob '_*' and name not glob 'sqlite_*' and name <> 'd1_migrations'),
  placed (name, depth) as (
    select name, 0 from own
    union select own.name, placed.depth + 1
      from own join pragma_foreign_key_list(own.name) f join placed on placed.name = f."table" and placed.name <> own.name and placed.depth < 20)
  select json_object('name', name,
    'columns', (select json_group_array(name) from (select name from pragma_table_info(own.name) order by cid)),
    'key', (select json_group_array(name) from (select name from pragma_table_info(own.name) where pk > 0 order by pk))) as moved
  from own order by (select max(depth) from placed where placed.name = own.name), name`;
const SCHEMA = "select max(name) as moved from d1_migrations";

class Refusal extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
const list = (names) => names.map(quoted).join(", ");

/// What stands in the column `moved` of the rows that each statement gives, all in one transaction.
async function moved(db, statements) {
  const results = await within(db.batch(statements), DEADLINE);
  return results.map(({ results }) => results.map(({ moved }) => moved));
}

async function tables(db) {
  const [schema, described] = await moved(db, [db.prepare(SCHEMA), db.prepare(TABLES)]);
  return { schema: schema[0] ?? "", tables: described.map((text) => JSON.parse(text)) };
}

/// The deployment: the last migration of its schema, its tables with the numbers of their rows, whether it is read-only.
async function describe(env) {
  const { schema, tables: all } = await tables(env.DB);
  const counts = await moved(env.DB, all.map(({ name }) => env.DB.prepare(`select count(*) as moved from ${quoted(name)}`)));
  const counted = all.map((table, at) => ({ ...table, rows: counts[at][0], objects: table.name in OBJECTS }));
  return JSON.stringify({ schema, read_only: env.READ_ONLY ?? "", tables: counted });
}

async function table(db, name) {
  const found = (await tables(db)).tables.find((table) => table.name === name);
  if (!found) throw new Refusal(404, "There is no such table.");
  return found;
}

/// A page of a table's rows in the order of its primary key, those after the row with the key `after`.
async function rows(db, name, after) {
  const { columns, key } = await table(db, name);
  const known = after === null ? [] : read(after);
  if (after !== null && !(Array.isArray(known) && known.length === key.length && known.every((value) => ["string", "number"].includes(typeof value)))) {
    throw new Refusal(400, "`after` must be the key of a row, as a list.");
  }
  const where = known.length ? `where (${list(key)}) > (${known.map(() => "?").join(", ")})` : "";
  const page = db.prepare(`select json_array(${list(columns)}) as moved from ${quoted(name)} ${where} order by ${list(key)} limit ${MOST_ROWS}`);
  const [texts] = await moved(db, [known.length ? page.bind(...known) : page]);
  let fitting = 0;
  for (let length = 0; fitting < texts.length; fitting++) {
    length += texts[fitting].length;
    if (fitting > 0 && length > MOST_CHARACTERS) break;
  }
  return `{"rows":[${texts.slice(0, fitting).join(",")}],"more":${fitting < texts.length || texts.length === MOST_ROWS}}`;
}

/// Inserts rows. Those that are there stay as they are: the same page can come again. While `importing` has its row, which nobody else
/// ever sees, no trigger judges or completes what comes (schema.sql).
async function insert(db, name, text) {
  const { columns } = await table(db, name);
  const rows = read(text);
  if (!(Array.isArray(rows) && rows.every((row) => Array.isArray(row) && row.length === columns.length))) {
    throw new Refusal(400, "The body must be a list of rows, each a list with a value for each column.");
  }
  const values = columns.map((_, at) => `value ->> ${at}`).join(", ");
  const statement = `insert into ${quoted(name)} (${list(columns)}) select ${values} from json_each(?1) as moved where true on conflict do nothing`;
  const batch = [db.prepare("insert into importing values (1)"), db.prepare(statement).bind(text), db.prepare("delete from importing")];
  try {
    await within(db.batch(batch), DEADLINE);
  } catch (error) {
    if (!`${error.message}`.includes("SQLITE_CONSTRAINT")) throw error;
    throw new Refusal(409, "The database refuses these rows: they break a rule of the schema, or rows that they refer to are missing.");
  }
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "This is no JSON.");
  }
}

async function body(request) {
  if (Number(request.headers.get("Content-Length") ?? MOST_BYTES + 1) > MOST_BYTES) {
    throw new Refusal(413, "The body is too large, or its length is not said.");
  }
  return request.text();
}

function object(env, kind, id) {
  if (!Object.hasOwn(OBJECTS, kind)) throw new Refusal(404, "There is no such kind of object.");
  return env[OBJECTS[kind]].getByName(id);
}

async function put(stub, text) {
  const { schema, tables } = read(text) ?? {};
  const isText = (value) => typeof value === "string";
  const isTable = (table) => Array.isArray(table) && table.length === 2 && isText(table[0]) && Array.isArray(table[1]) && table[1].every(Array.isArray);
  if (!(Array.isArray(schema) && schema.every(isText) && Array.isArray(tables) && tables.every(isTable))) {
    throw new Refusal(400, "The body must be what a GET of an object gives.");
  }
  if (!(await within(stub.restore(JSON.stringify({ schema, tables })), DEADLINE))) {
    throw new Refusal(409, "There is an object with this id already, and it is another one.");
  }
}

async function answer(request, env, writes, [what, name, id], after) {
  if (what === undefined) return describe(env);
  if (what === "tables") return writes ? insert(env.DB, name, await body(request)) : rows(env.DB, name, after);
  const stub = object(env, name, id);
  return writes ? put(stub, await body(request)) : within(stub.dump(), DEADLINE);
}

/// Answers a request below /transfer/: the status and the body. `path` is what follows that, `after` null or where a page begins.
export async function transfer(request, env, writes, path, after) {
  try {
    const text = await answer(request, env, writes, path.split("/").filter(Boolean), after);
    return text === undefined ? [204, ""] : [200, text];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.status, JSON.stringify({ detail: error.message })];
  }
}
