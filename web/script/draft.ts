// What was typed into a form and is not sent yet. It is kept in this browser alone: for a week, or until it is sent, discarded, or
// somebody signs out. A browser that keeps nothing (a private window, a full disk) leaves the form as it works without this.
import { define } from "./page.ts";

/** What was kept of a form. */
export interface Saved {
  at: Date;
  fields: [string, string][];
}

export interface Draft {
  /** What an earlier visit left, if it is still kept. */
  restore(): Saved | undefined;
  /** Drops what is kept: it was sent, or is not wanted. */
  forget(): void;
  /** Whether something was typed since the form was shown, and is not on its way. */
  get unsaved(): boolean;
  /** Nothing is unsaved any more; what is kept stays. */
  clean(): void;
}

const PREFIX = "draft ";
/** For how long a draft is kept: whoever comes back after a week begins anew. */
const WEEK = 7 * 24 * 60 * 60 * 1000;
/** After so many milliseconds without typing a form is kept. Leaving the page keeps it at once. */
const PAUSE = 400;

/** Storage throws where a browser does not allow it, and where it is full. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** What is kept under a name. What is too old, or cannot be read, is dropped. */
function read(name: string): Saved | undefined {
  const saved = attempt(() => JSON.parse(localStorage.getItem(name) ?? "null") as { at: number; fields: [string, string][] } | null);
  if (saved && Array.isArray(saved.fields) && Date.now() - saved.at < WEEK) return { at: new Date(saved.at), fields: saved.fields };
  attempt(() => localStorage.removeItem(name));
  return undefined;
}

const names = () => attempt(() => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) ?? [];

/** The fields of a form as it would be sent, but for what is secret. */
export function fieldsOf(form: HTMLFormElement): [string, string][] {
  const secret = new Set([...form.querySelectorAll<HTMLInputElement>("[type=password]")].map(({ name }) => name));
  const fields = [...new FormData(form)].filter((field): field is [string, string] => typeof field[1] === "string");
  return fields.filter(([name]) => name !== "csrfmiddlewaretoken" && !secret.has(name));
}

/** Keeps a form's fields while somebody types, and asks before unsent ones are left. The key says whose form it is, and for what:
 * nobody is offered the draft of another account. */
export function keep(form: HTMLFormElement, key: string, life: AbortSignal): Draft {
  for (const name of names()) read(name);
  const name = PREFIX + key;
  let unsaved = false;
  let timer: number | undefined;
  const rest = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const save = () => {
    rest();
    attempt(() => localStorage.setItem(name, JSON.stringify({ at: Date.now(), fields: fieldsOf(form) })));
  };
  const flush = () => timer !== undefined && save();
  const clean = () => {
    rest();
    unsaved = false;
  };
  const typed = () => {
    unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };
  form.addEventListener("input", typed, { signal: life });
  // What a script changes in a form says so by this event.
  form.addEventListener("change", typed, { signal: life });
  addEventListener("pagehide", flush, { signal: life });
  // A phone ends a page that is not seen without another word.
  document.addEventListener("visibilitychange", flush, { signal: life });
  life.addEventListener("abort", flush);
  // The document hears of it last. A form that is sent by script is not left: its script says when it is saved.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    flush();
    clean();
  }, { signal: life });
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault(), { signal: life });
  return {
    restore: () => read(name),
    forget() {
      clean();
      forget(key);
    },
    get unsaved() {
      return unsaved;
    },
    clean,
  };
}

/** Drops what is kept under a key. */
export function forget(key: string): void {
  attempt(() => localStorage.removeItem(PREFIX + key));
}

// Whoever signs out, or leaves for good, leaves nothing behind for the next person at this computer.
define("sign-out", (form, life) => {
  form.addEventListener("submit", () => names().forEach((name) => attempt(() => localStorage.removeItem(name))), { signal: life });
});
