// What the Worker asks of the platform, a function for each thing that it does often: one call out of WebAssembly, and one
// string, in place of ten. src/platform.rs declares them.
import { waitUntil } from "cloudflare:workers";

export { waitUntil };

/// A request's method, URL, headers, and the time zone that the edge takes it to come from, each in a line of its own. None can hold
/// a line break. What is not there is an empty line; what is there has a blank before it.
export function head(request, names) {
  const { headers } = request;
  let text = `${request.method}\n${request.url}`;
  for (const name of names) {
    const value = headers.get(name);
    text += value === null ? "\n" : `\n ${value}`;
  }
  const zone = request.cf?.timezone;
  return typeof zone === "string" ? `${text}\n ${zone}` : text;
}

/// A request's body; undefined where it has more than `most` bytes.
export async function body(request, most) {
  if (request.body === null) return new Uint8Array();
  // With a length the platform sees to it that no more comes.
  if (request.headers.has("Content-Length")) return new Uint8Array(await request.arrayBuffer());
  const chunks = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/// A response. `own` is a flat list of names and values, which come after the headers that every answer has.
export function respond(status, common, own, body) {
  const headers = new Headers(common);
  for (let i = 0; i < own.length; i += 2) {
    // Cookies come one by one.
    if (own[i] === "Set-Cookie") headers.append(own[i], own[i + 1]);
    else headers.set(own[i], own[i + 1]);
  }
  return new Response(body, { status, headers });
}

/// Calls an object. The answer is a tag and a body.
export function call(env, binding, name, message, milliseconds) {
  return within(env[binding].getByName(name).answer(message), milliseconds);
}

/// Asks an object for a socket: the response that carries it, or a text that says why not.
export async function open(env, binding, name, message, milliseconds) {
  const headers = { Upgrade: "websocket", Message: encodeURIComponent(message) };
  const response = await within(env[binding].getByName(name).fetch("http://object/", { headers }), milliseconds);
  return response.status === 101 ? response : response.text();
}

/// Sends a JSON text, by a service that is bound or over the network; gives the status and when to try again.
export async function post(env, binding, url, own, body, milliseconds) {
  const headers = { "Content-Type": "application/json" };
  for (let i = 0; i < own.length; i += 2) headers[own[i]] = own[i + 1];
  const request = { method: "POST", headers, body, signal: AbortSignal.timeout(milliseconds) };
  const response = await (env ? env[binding].fetch(url, request) : fetch(url, request));
  await response.arrayBuffer();
  return [response.status, response.headers.get("Retry-After")];
}

/// What a promise gives, or an error that says `late`.
export function within(promise, milliseconds) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("late")), milliseconds);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/// Statements in one transaction of D1: for each, what stands in the column `json` of its rows. `list` has a statement's
/// SQL and then, in a list of their own, its parameters.
export async function batch(env, binding, list, milliseconds) {
  const db = env[binding];
  const statements = [];
  for (let i = 0; i < list.length; i += 2) {
    const statement = db.prepare(list[i]);
    statements.push(list[i + 1].length > 0 ? statement.bind(...list[i + 1]) : statement);
  }
  const done = statements.length === 1 ? statements[0].all().then((result) => [result]) : db.batch(statements);
  const results = await within(done, milliseconds);
  return results.map(({ results }) => {
    const texts = [];
    for (const { json } of results) if (typeof json === "string") texts.push(json);
    return texts;
  });
}

/// The page of a list whose rows are a cursor, a blank and an item's JSON: the items as one JSON text, and the cursor of the last of
/// them where there are more.
export function page(rows, most) {
  let text = "[";
  for (let i = 0; i < rows.length && i < most; i++) {
    if (i > 0) text += ",";
    text += rows[i].slice(rows[i].indexOf(" ") + 1);
  }
  const last = rows.length > most ? rows[most - 1] : " ";
  return [`${text}]`, last.slice(0, last.indexOf(" "))];
}

/// The first column of the rows that a statement of an object's SQLite gives.
export function column(sql, query, params) {
  const column = [];
  for (const [value] of sql.exec(query, ...params).raw()) column.push(value);
  return column;
}

/// The first column of the first row.
export function first(sql, query, params) {
  for (const [value] of sql.exec(query, ...params).raw()) return value;
  return undefined;
}

const encoder = new TextEncoder();

/// The first column of all rows, with a line break between two, as bytes.
export function lines(sql, query) {
  return encoder.encode(column(sql, query, []).join("\n"));
}

/// Runs statements in one transaction of an object's SQLite; the first that fails takes all of them back.
export function transact(storage, list) {
  storage.transactionSync(() => {
    for (let i = 0; i < list.length; i += 2) storage.sql.exec(list[i], ...list[i + 1]);
  });
}

/// Sets an object's alarm. It is written with what is written before the next await.
export function setAlarm(storage, milliseconds) {
  storage.setAlarm(milliseconds);
}

/// Takes an object's alarm away.
export function deleteAlarm(storage) {
  storage.deleteAlarm();
}

/// Takes a socket that stays open while its object is not in memory; gives the response that carries the other end. `tag` is what
/// it is counted by, `attached` what its object must know of it, `text` what it is told first.
export function acceptSocket(context, tag, attached, text) {
  const [client, server] = Object.values(new WebSocketPair());
  context.acceptWebSocket(server, [tag]);
  context.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  server.serializeAttachment(attached);
  server.send(text);
  return new Response(null, { status: 101, webSocket: client });
}

/// The sockets of an object.
export function sockets(context) {
  return context.getWebSockets();
}

/// How many sockets an object has, of one tag where it is named.
export function countSockets(context, tag) {
  return context.getWebSockets(tag).length;
}

/// What was attached to a socket.
export function attached(socket) {
  return String(socket.deserializeAttachment());
}

/// Sends a text by a socket. Whoever is gone does not hear it.
export function tellSocket(socket, text) {
  try {
    socket.send(text);
  } catch {}
}

/// Closes a socket, if it is not closed.
export function closeSocket(socket, code) {
  try {
    socket.close(code);
  } catch {}
}
