// Runs the examples of docs/api/*.md with bash, curl and HTTPie against a Worker, and records what was asked and answered.
//
// An example is a block `sh` below a heading such as "### `POST /{id}/notify/`". It has a command of curl and one of HTTPie, and after them what
// comes back: "# 202 {...}", a status with a part of the body (JSON, of which other members may be there; `…` stands for any value, and as the last
// item of a list for any others), or "# 200 text/csv: words" with a media type and words of the body, or "# 303 /path/" with a `Location`. Commands
// that are neither, such as `et=$(mailed bea@example.org)`, are run with both. What follows in a line at its beginning with blanks belongs to the command.
import { spawn } from "node:child_process";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { writeFileSync } from "node:fs";

/// The examples of a page, in order: `{heading, routes, steps: [{kind, text, expected}]}`. Blocks below other headings have no routes.
export function examples(page) {
  const found = [];
  let heading = "";
  for (const [, title, block] of page.matchAll(/^(#+ .*)$|^```sh\n([^]*?)^```$/gm)) {
    if (title) heading = title.replace(/^#+ /, "");
    else found.push({ heading, routes: [...heading.matchAll(/`([A-Z]+ \/[^`]*)`/g)].map(([, route]) => route), steps: steps(block) });
  }
  return found;
}

/// The commands of a block.
function steps(block) {
  const found = [];
  let waiting = [];
  for (const line of block.trimEnd().split("\n")) {
    const answer = /^# (\d{3})\b ?(.*)$/.exec(line);
    if (answer) {
      // What comes back is said of the last command of each kind; those before it prepare.
      const last = Object.values(Object.fromEntries(waiting.map((step) => [step.kind, step])));
      for (const step of last) step.expected = { status: Number(answer[1]), said: answer[2] };
      waiting = [];
    } else if (/^\s/.test(line) && found.length) found.at(-1).text += `\n${line}`;
    else if (line && !line.startsWith("#")) {
      const [, kind = "both"] = /^(?:\w+=\$\()?(curl|http)\b/.exec(line) ?? [];
      found.push({ kind, text: line });
      if (kind !== "both") waiting.push(found.at(-1));
    }
  }
  return found;
}

/// A proxy before a Worker. `listen` gives its origin, `to` says where the Worker is, `asked` has every request with its answer.
export async function recorder() {
  const asked = [];
  let target;
  const note = (from, answer, body) => asked.push({ method: from.method, url: from.url, status: answer.statusCode, headers: answer.headers, body: Buffer.concat(body).toString() });
  // What is answered is read here, so that it must not be compressed.
  const forward = ({ url, method, headers: { "accept-encoding": _, ...headers } }) => request(target + url, { method, headers });
  const server = createServer((from, to) => {
    const forwarded = forward(from).on("error", () => to.destroy());
    forwarded.on("response", async (answer) => {
      const body = await answer.toArray();
      note(from, answer, body);
      to.writeHead(answer.statusCode, answer.rawHeaders);
      to.end(Buffer.concat(body));
    });
    from.pipe(forwarded);
  });
  server.on("upgrade", (from, socket) => {
    const forwarded = forward(from).on("error", () => socket.destroy());
    forwarded.on("upgrade", (answer, other) => {
      note(from, answer, []);
      const head = answer.rawHeaders.reduce((lines, part, n) => lines + (n % 2 ? `: ${part}\r\n` : part), "");
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${head}\r\n`);
      socket.pipe(other).pipe(socket);
      for (const end of [socket, other]) end.on("error", () => {}).on("close", () => (socket.destroy(), other.destroy()));
    });
    forwarded.on("response", (answer) => (note(from, answer, []), socket.destroy()));
    forwarded.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const close = () => (server.closeAllConnections(), server.close());
  return { asked, origin, close, to: (url) => (target = url) };
}

/// A bash that runs one text after the other; each gives what it printed.
export function shell(folder, origin, env = {}) {
  const child = spawn("bash", ["--norc", "--noprofile"], { cwd: folder, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  let printed = "";
  let settle = () => {};
  child.stdout.setEncoding("utf8").on("data", (part) => {
    printed += part;
    if (printed.includes("\0")) settle();
  });
  child.stderr.setEncoding("utf8").on("data", (part) => (printed += part));
  // HTTPie would read the body from what is no terminal, and curl show its progress to it.
  child.stdin.write('http() { command http --ignore-stdin "$@"; }\ncurl() { command curl -s "$@"; }\n');
  const file = join(folder, "step.sh");
  return {
    async run(text) {
      writeFileSync(file, text.replaceAll("http://localhost:8787", origin).replace(/(^|[\s"']):8787/g, `$1${origin}`));
      printed = "";
      const done = new Promise((resolve) => (settle = resolve));
      child.stdin.write(`source ${file} </dev/null; printf '\\0'\n`);
      await done;
      return printed.replace("\0", "");
    },
    close: () => child.kill(),
  };
}

/// Whether a path, with or without its last slash, is one of a route such as `/{id}/notify/`.
export function isOf(url, path) {
  const pattern = path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+").replace(/\/$/, "");
  return new RegExp(`^${pattern}/?$`).test(url.split("?")[0]);
}

/// What of an expected value an answer lacks, as a path; undefined where nothing is missing.
export function lacks(expected, value, at = "") {
  if (expected === "…") return value === undefined ? at || "all" : undefined;
  if (expected === null || typeof expected !== "object") return Object.is(expected, value) ? undefined : `${at || "all"} is ${JSON.stringify(value)}`;
  if (value === null || typeof value !== "object" || Array.isArray(value) !== Array.isArray(expected)) return `${at || "all"} is ${JSON.stringify(value)}`;
  const open = Array.isArray(expected) && expected.at(-1) === "…";
  const names = Object.keys(open ? expected.slice(0, -1) : expected);
  if (Array.isArray(expected) && !open && expected.length !== value.length) return `${at} has ${value.length} items`;
  return names.map((name) => lacks(expected[name], value[name], `${at}.${name}`)).find(Boolean);
}
