// The answer to a proposal: what is ticked, with undo and redo; and whether it is saved. The form's own boxes hold it.
import { keep } from "./draft.ts";
import { define, historyKey, make } from "./page.ts";
import { send } from "./send.ts";
import { say } from "./texts.ts";
import { clock, ofDevice } from "./time.ts";

/** What is ticked of a form, as the values of its boxes. */
export const ticked = (form: HTMLFormElement) => new Set(boxes(form).filter((box) => box.checked).map((box) => box.value));

/** The boxes of the times that are offered. */
export const boxes = (form: HTMLFormElement) => [...form.querySelectorAll<HTMLInputElement>("input[type=checkbox][name=keep]")];

/** Ticks these times and no others; a time that is not offered any more stays as it is. One step of undo. */
export function setTicks(form: HTMLFormElement, wanted: ReadonlySet<string>): void {
  const changed = boxes(form).filter((box) => box.checked !== wanted.has(box.value));
  for (const box of changed) box.checked = wanted.has(box.value);
  if (changed.length > 0) form.dispatchEvent(new Event("change", { bubbles: true }));
}

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
  const past: Set<string>[] = [];
  let future: Set<string>[] = [];
  let now = ticked(form);
  let is: State = "unsaved" in form.dataset ? "unsaved" : "clean";

  const tell = (...said: (Node | string)[]) => state?.replaceChildren(...said);
  const link = (key: string, onclick: () => void) => make("button", { type: "button", className: "quiet", onclick }, say(key));

  function show(): void {
    const able = { undo: past.length > 0, redo: future.length > 0 };
    for (const [act, can] of Object.entries(able)) form.querySelector(`[data-act=${act}]`)?.setAttribute("aria-disabled", String(!can));
    if (is === "clean" || !state) return;
    if (keeps) keeps.textContent = say("keep-these", { count: now.size });
    if (is === "unsaved") tell(say("state-unsaved", { count: now.size, of: boxes(form).length }));
    if (is === "saving") tell(say("state-saving"));
    if (is === "failed") tell(say("state-failed"), " ", link("state-again", () => form.requestSubmit(keeps)));
  }

  /** The boxes have changed, by whatever means. */
  function changed(): void {
    now = ticked(form);
    is = "unsaved";
    show();
    form.dispatchEvent(new Event("ticks"));
  }

  function step(from: Set<string>[], to: Set<string>[]): void {
    const next = from.pop();
    if (!next) return;
    to.push(now);
    for (const box of boxes(form)) box.checked = next.has(box.value);
    changed();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("change", ({ target }) => {
    // The zone is no part of the answer.
    if (target instanceof HTMLSelectElement) return;
    const next = ticked(form);
    if (next.size !== now.size || [...next].some((value) => !now.has(value))) {
      past.push(now);
      future = [];
    }
    changed();
  });
  form.addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement && target.type !== "checkbox") changed();
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

  const acts: Record<string, () => void> = {
    grid: () => void swap(),
    all: () => setTicks(form, new Set(boxes(form).map((box) => box.value))),
    clear: () => setTicks(form, new Set()),
    invert: () => setTicks(form, new Set(boxes(form).filter((box) => !box.checked).map((box) => box.value))),
    undo: () => step(past, future),
    redo: () => step(future, past),
  };
  form.addEventListener("click", (event) => {
    const pressed = (event.target as Element).closest<HTMLButtonElement>("button");
    const act = pressed && acts[pressed.dataset.act ?? pressed.value];
    if (!act) return;
    event.preventDefault();
    act();
  });
  form.addEventListener("keydown", (event) => {
    const writes = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
    const act = writes ? undefined : historyKey(event);
    if (!act) return;
    event.preventDefault();
    acts[act]?.();
  });
  document.addEventListener("whittle:refreshed", () => ((now = ticked(form)), show()), { signal: life });

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

  // What an earlier visit left unsaved is ticked and written again.
  const kept = state && is === "clean" ? draft.restore() : undefined;
  if (!kept) return;
  const values = (name: string) => kept.fields.flatMap(([other, value]) => (other === name ? [value] : []));
  const wanted = new Set(values("keep"));
  for (const box of boxes(form)) box.checked = wanted.has(box.value);
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
