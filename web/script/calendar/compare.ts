// The times of an answer beside the reader's own calendar: what is busy is striped, and can be unticked at once. The file is read in the
// browser alone, and is forgotten with the page.
import { setTicks, ticked } from "../answer.ts";
import { define, make } from "../page.ts";
import { say } from "../texts.ts";
import { clockRange, slotOf } from "../time.ts";
import type { Busy } from "./parser.ts";

/** The largest file that is read, in bytes: years of a full calendar. */
const LARGEST = 1024 * 1024;
const DAY = 86_400_000;

/** The calendar that was read: of which page and in which zone, what the file says, and what is busy. */
let calendar: { path: string; zone: string; name: string; text: string; busy: Busy[] } | undefined;

const within = (begin: number, end: number) => (calendar?.busy ?? []).filter((busy) => busy.begin < end && busy.end > begin);

/** What the reader has between two instants; `undefined` where nothing is known. The event `whittle:busy` tells of changes. */
export function busyBetween(from: number, to: number): string | undefined {
  const [first, ...more] = within(from, to);
  if (!first) return undefined;
  const title = first.title.length > 60 ? `${first.title.slice(0, 59)}…` : first.title || say("busy-untitled");
  return more.length ? say("busy-more", { what: title, count: more.length }) : title;
}

define("calendar", (element, life) => {
  const form = element.closest("form");
  const part = <E extends HTMLElement>(name: string) => element.querySelector<E>(`[data-part=${name}]`);
  const [input, said, acts] = [part<HTMLInputElement>("file"), part("said"), part("acts")];
  if (!form || !input) return;
  const zone = () => form.querySelector<HTMLInputElement>("[name=shown_zone]")?.value ?? "UTC";
  const offered = () => [...form.querySelectorAll<HTMLElement>("[data-slot]")].filter((item) => item.querySelector("[name=keep]"));
  const slot = (item: HTMLElement) => slotOf(item.dataset.slot ?? "");
  if (calendar?.path !== location.pathname) calendar = undefined;

  function tell(text: string, bad = false): void {
    said?.setAttribute("role", bad ? "alert" : "status");
    said?.classList.toggle("fault", bad);
    said?.replaceChildren(text);
  }

  /** Marks what is busy; gives how many times that are. */
  function mark(): number {
    let count = 0;
    for (const item of offered()) {
      const { begin, end } = slot(item);
      item.querySelector(".busy-with")?.remove();
      const [first] = within(begin, end);
      item.classList.toggle("busy", Boolean(first));
      if (!first) continue;
      count += 1;
      const values = { what: busyBetween(begin, end) ?? "", time: first.isAllDay ? say("busy-all-day") : clockRange(first, zone()) };
      item.querySelector("label > span")?.append(make("small", { className: "busy-with" }, say("busy-with", values)));
    }
    if (acts) acts.hidden = !calendar;
    document.dispatchEvent(new Event("whittle:busy"));
    return count;
  }

  async function read(name: string, text: string): Promise<void> {
    const slots = offered().map(slot);
    const range = { begin: Math.min(...slots.map(({ begin }) => begin)) - DAY, end: Math.max(...slots.map(({ end }) => end)) + DAY };
    tell(say("calendar-reading", { name }));
    const here = zone();
    const { read } = await import("./parser.ts");
    const reading = await read(text, range, here);
    if (life.aborted) return;
    if (!Array.isArray(reading)) {
      return tell(reading.trouble === "often" ? say("calendar-often", { name, title: reading.title }) : say(reading.trouble === "slow" ? "calendar-slow" : "calendar-broken", { name }), true);
    }
    calendar = { path: location.pathname, zone: here, name, text, busy: reading };
    tell(say("calendar-clashes", { name, count: mark(), of: slots.length }));
  }

  async function open(file: File | undefined): Promise<void> {
    if (!file) return;
    const { name } = file;
    if (element instanceof HTMLDetailsElement) element.open = true;
    if (file.size > LARGEST) return tell(say("calendar-large", { name }), true);
    try {
      await read(name, await file.text());
    } catch {
      tell(say("calendar-unread", { name }), true);
    }
  }

  input.addEventListener("change", (event) => {
    // It is no part of the answer.
    event.stopPropagation();
    void open(input.files?.[0]);
  });
  input.addEventListener("input", (event) => event.stopPropagation());

  const drags = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
  const over = (event: DragEvent) => {
    if (!drags(event)) return;
    event.preventDefault();
    form.classList.toggle("dropping", event.type !== "drop");
    if (event.type === "drop") void open(event.dataTransfer?.files[0]);
  };
  for (const type of ["dragenter", "dragover", "drop"] as const) form.addEventListener(type, over, { signal: life });
  form.addEventListener("dragleave", ({ relatedTarget }) => form.classList.toggle("dropping", form.contains(relatedTarget as Node | null)), { signal: life });

  part("keep")?.addEventListener("click", () => {
    const before = ticked(form);
    const keep = new Set([...before].filter((value) => !busyBetween(slotOf(value).begin, slotOf(value).end)));
    setTicks(form, keep);
    tell(say("calendar-kept", { count: before.size - keep.size }));
  });
  part("forget")?.addEventListener("click", () => {
    calendar = undefined;
    input.value = "";
    mark();
    tell(say("calendar-forgotten"));
    input.focus();
  });
  // A day is a day of the zone in which times are shown.
  document.addEventListener("whittle:refreshed", () => void (calendar && calendar.zone !== zone() ? read(calendar.name, calendar.text).catch(() => mark()) : mark()), { signal: life });
  if (calendar) mark();
});
