// The answer to a proposal or a calendar: what is marked, with undo and redo; and whether it is saved.
import { keep } from "./draft.ts";
import { type Marks, NO, best, count, isRating, isSame, marks, ofFields, setMarks, write } from "./marks.ts";
import { define, historyKey, make } from "./page.ts";
import { send } from "./send.ts";
import { say } from "./texts.ts";
import { clock, ofDevice } from "./time.ts";

/** Whether somebody writes there. */
const isText = (target: EventTarget | null) => target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type);

/** When an answer was saved: the page that shows it says so. */
let saved: Date | undefined;

/** What an answer's form is to its reader. `clean`: as the Worker sent it. */
type State = "clean" | "unsaved" | "saving" | "failed";

define("answer", (element, life) => {
  const form = element as HTMLFormElement;
  const state = form.querySelector<HTMLElement>("[data-state]");
  const keeps = form.querySelector<HTMLButtonElement>(".foot button[value=keep]");
  const actor = form.querySelector<HTMLInputElement>("input[name=as]")?.value ?? "";
  const draft = keep(form, `answer ${location.pathname} ${actor}`, life);
  const past: Marks[] = [];
  let future: Marks[] = [];
  let now = marks(form);
  let is: State = "unsaved" in form.dataset ? "unsaved" : "clean";

  const tell = (...said: (Node | string)[]) => state?.replaceChildren(...said);
  const link = (key: string, onclick: () => void) => make("button", { type: "button", className: "quiet", onclick }, say(key));

  function show(): void {
    const able = { undo: past.length > 0, redo: future.length > 0 };
    for (const [act, can] of Object.entries(able)) form.querySelector(`[data-act=${act}]`)?.setAttribute("aria-disabled", String(!can));
    if (is === "clean" || !state) return;
    const counted = { count: count(now), of: now.size };
    if (keeps) keeps.textContent = isRating(form) ? say("send-these", counted) : say("keep-these", counted);
    if (is === "unsaved") tell(isRating(form) ? say("state-unsent", counted) : say("state-unsaved", counted));
    if (is === "saving") tell(say("state-saving"));
    if (is === "failed") tell(say("state-failed"), " ", link("state-again", () => form.requestSubmit(keeps)));
  }

  /** What is marked has changed, by whatever means. */
  function changed(): void {
    now = marks(form);
    is = "unsaved";
    show();
    form.dispatchEvent(new Event("marks"));
  }

  function step(from: Marks[], to: Marks[]): void {
    const next = from.pop();
    if (!next) return;
    to.push(now);
    write(form, next);
    changed();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("change", ({ target }) => {
    // The zone is no part of the answer.
    if (target instanceof HTMLSelectElement) return;
    if (!isSame(marks(form), now)) {
      past.push(now);
      future = [];
    }
    changed();
  });
  form.addEventListener("input", ({ target }) => {
    if (isText(target)) changed();
  });

  let hideGrid: (() => void) | undefined;
  /** Shows the times on a grid, which is loaded now, or as the list again. */
  async function swap(): Promise<void> {
    const list = form.querySelector<HTMLElement>("[data-days]");
    const button = form.querySelector<HTMLElement>("[data-act=grid]");
    if (!list || !button) return;
    try {
      const { showGrid } = await import("./answer_grid.ts");
      hideGrid = hideGrid ? void hideGrid() : showGrid(form, list, life);
    } catch {
      return tell(say("grid-unloaded"));
    }
    list.hidden = hideGrid !== undefined;
    form.classList.toggle("on-grid", list.hidden);
    button.textContent = say(hideGrid ? "answer-list" : "answer-grid");
  }

  /** Gives the times of a form, or of a part of it, new values. */
  const setAll = (part: Element, change: (value: string) => string) => setMarks(form, new Map([...marks(part)].map(([time, value]) => [time, change(value)])));
  /** The buttons of a day say the value, and the day. */
  const ofDay = ({ parentElement, value }: HTMLButtonElement) => parentElement?.parentElement && setAll(parentElement.parentElement, () => value[0] ?? NO);

  const acts: Record<string, () => void> = {
    grid: () => void swap(),
    all: () => setAll(form, () => best(form)),
    clear: () => setAll(form, () => NO),
    invert: () => setAll(form, (value) => (value === NO ? best(form) : NO)),
    undo: () => step(past, future),
    redo: () => step(future, past),
  };
  form.addEventListener("click", (event) => {
    const pressed = (event.target as Element).closest<HTMLButtonElement>("button");
    const act = pressed?.name === "bulk" ? () => ofDay(pressed) : pressed && acts[pressed.dataset.act ?? pressed.value];
    if (!act) return;
    event.preventDefault();
    act();
  });
  form.addEventListener("keydown", (event) => {
    // The grid has taken its own keys.
    const act = event.defaultPrevented || isText(event.target) ? undefined : historyKey(event);
    if (!act) return;
    event.preventDefault();
    acts[act]?.();
  });
  document.addEventListener("whittle:refreshed", () => ((now = marks(form)), show()), { signal: life });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (is === "saving") return;
    is = "saving";
    show();
    const answer = await send(form, event.submitter, life);
    if (!answer) {
      is = "failed";
      return show();
    }
    if (answer.isDone) {
      draft.forget();
      saved = new Date();
    }
    answer.show();
  });

  show();
  if (saved) tell(say("state-saved", { time: clock(ofDevice(saved)) }));
  saved = undefined;

  // What an earlier visit left unsaved is marked and written again.
  const kept = state && is === "clean" ? draft.restore() : undefined;
  if (!kept) return;
  const values = (name: string) => kept.fields.flatMap(([other, value]) => (other === name ? [value] : []));
  write(form, ofFields(form, kept.fields));
  const note = form.querySelector<HTMLInputElement>("input[name=note]");
  if (note) note.value = values("note")[0] ?? "";
  changed();
  const drop = () => {
    draft.forget();
    location.reload();
  };
  const at = ofDevice(kept.at);
  tell(say("draft-back", { clock: clock(at), weekday: say(`weekday-${at.weekday}`) }), " ", link("draft-drop", drop));
});
