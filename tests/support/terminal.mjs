// The terminal client on a terminal: tmux shows it, types for it, and changes its size.
import { execFile } from "node:child_process";
import { createServer, connect } from "node:net";
import { after } from "node:test";
import { promisify } from "node:util";
import { WHITTLE, home } from "./cli.mjs";
import { until } from "./harness.mjs";

const execute = promisify(execFile);
let count = 0;

/// The client on a terminal of this size. `env` goes over an environment with nothing of this machine but its PATH.
export async function terminal({ columns = 80, lines = 24, args = [], env = {} }) {
  const name = `whittle-${process.pid}-${++count}`;
  const folder = home();
  const base = { PATH: process.env.PATH, HOME: folder, TZ: "Europe/Berlin", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", TMUX_TMPDIR: folder };
  // A server of its own, with nobody's configuration; -u, because the name of the locale is not the same everywhere.
  const tmux = (...words) => execute("tmux", ["-u", "-L", name, "-f", "/dev/null", ...words], { env: base, encoding: "utf8" });
  const variables = Object.entries({ PATH: base.PATH, HOME: folder, TZ: base.TZ, LANG: base.LANG, TERM: "screen-256color", ...env });
  const program = ["env", "-i", ...variables.map(([key, value]) => `${key}=${value}`), WHITTLE, ...args];
  const quoted = program.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  // What is written after the end shows that the terminal is again what it was, and with what the client has ended.
  const script = `stty -a >'${folder}/before'; echo before; ${quoted}; echo "ended with $?"; stty -a >'${folder}/after'; cmp '${folder}/before' '${folder}/after' && echo restored; read -r _`;
  await tmux("new-session", "-d", "-x", String(columns), "-y", String(lines), "sh", "-c", script);
  // By its number, since the folder with its socket may be gone before; the client ends with its terminal.
  const server = Number((await tmux("display-message", "-p", "#{pid}")).stdout);
  after(() => {
    try {
      process.kill(server);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  });
  const screen = async () => (await tmux("capture-pane", "-p")).stdout;
  return {
    screen,
    /// Types text, and presses keys that have names: `press("d1", "Enter")`.
    async press(...keys) {
      for (const key of keys) {
        const named = /^(Enter|Escape|Space|Up|Down|Left|Right|NPage|PPage|BSpace|C-c)$/.test(key);
        await (named ? tmux("send-keys", key) : tmux("send-keys", "-l", key));
      }
    },
    resize: (columns, lines) => tmux("resize-window", "-x", String(columns), "-y", String(lines)),
    /// Waits until the screen shows this, texts perhaps over several lines; gives the screen.
    async shows(...patterns) {
      let text = "";
      try {
        return await until(String(patterns), async () => {
          text = await screen();
          const joined = text.replace(/\s+/g, " ");
          const isThere = (pattern) => (typeof pattern === "string" ? text.includes(pattern) || joined.includes(pattern) : pattern.test(text));
          return patterns.every(isThere) && text;
        });
      } catch (error) {
        throw new Error(`${error.message}; the screen:\n${text}`);
      }
    },
  };
}

/// A way to a service that can be cut and mended: while it is cut nobody listens at its port, and what was open is closed.
export async function way(port, target) {
  const open = new Set();
  let server;
  const mend = () =>
    new Promise((resolve, reject) => {
      server = createServer((near) => {
        const far = connect(Number(new URL(target()).port), "127.0.0.1");
        for (const [one, other] of [[near, far], [far, near]]) {
          open.add(one);
          one.on("error", () => {}).on("close", () => (open.delete(one), other.destroy()));
          one.pipe(other);
        }
      });
      server.on("error", reject).listen(port, "127.0.0.1", resolve);
    });
  const cut = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  await mend();
  return { url: `http://127.0.0.1:${port}`, cut, mend };
}
