// What the client writes to a terminal, in contrast to a pipe: colour, unless it is not wanted, and no control character of the server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { WHITTLE, client, home } from "../support/cli.mjs";

/// Runs a program on a terminal of its own, and gives what it wrote there.
const PTY = "import os, pty, sys\nsys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
/// A title with what would be a command for a terminal, as a text of JSON may have it unescaped.
const EVIL = "a\u009b2Jb";
const ESCAPE = "\u001b[";

let server;
let url;
before(async () => {
  const proposal = { id: 7, title: EVIL, state: "open", slots: [], parties: [] };
  server = createServer((request, response) => response.setHeader("Content-Type", "application/json").end(JSON.stringify([proposal])));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

const environment = (env) => ({ PATH: process.env.PATH, HOME: home(), TERM: "xterm", WHITTLE_HOST: url, ...env });

function onTerminal(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn("python3", ["-c", PTY, WHITTLE, ...args], { env: environment(env), stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
    child.on("error", reject).on("close", (code) => resolve({ code, out }));
  });
}

test("colour is for terminals, and not for those who do not want it", async () => {
  assert.ok((await onTerminal(["list"])).out.includes(ESCAPE));
  assert.ok(!(await onTerminal(["list"], { NO_COLOR: "1" })).out.includes(ESCAPE));
  assert.ok(!(await onTerminal(["list"], { TERM: "dumb" })).out.includes(ESCAPE));
  assert.ok(!(await onTerminal(["list", "--color", "never"])).out.includes(ESCAPE));
  const piped = client({ url });
  assert.ok(!(await piped(["list"])).out.includes(ESCAPE));
  assert.ok((await piped(["list", "--color", "always"])).out.includes(ESCAPE));
});

test("what the server says gives a terminal no commands", async () => {
  for (const args of [["list"], ["list", "--json"], ["list", "--format", "{title}"]]) {
    const { code, out } = await onTerminal(args, { NO_COLOR: "1" });
    assert.equal(code, 0);
    assert.match(out, /a\ufffd2Jb/, args.join(" "));
  }
  // A program gets the answer as it is.
  assert.equal((await client({ url })(["list", "--json"])).json[0].title, EVIL);
});
