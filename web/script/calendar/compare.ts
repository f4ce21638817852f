// The times of an answer beside the reader's own calendar: what is busy is striped, and can be taken out at once. The file is read in the
// browser alone, and is forgotten with the page.
import texts from "../../../texts/en/script-calendar.ftl";
import { NO, isRating, marks, setMarks } from "../marks.ts";
import { inform, make } from "../page.ts";
import { learn, say } from "../texts.ts";
import { clockRange, slotOf } from "../time.ts";
import type { Busy } from "./parser.ts";

learn(texts);

/** The largest file that is read, in bytes: years of a full calendar. */
const LARGEST = 1024 * 1024;
const DAY = 86_400_000;
/** The most characters of a title that are shown. */
const LONGEST = 60;

/** The calendar that was read: for which page and in which zone, what the file says, and what is busy. */
let calendar: { path: string; zone: string; name: string; text: string; busy: Busy[] } | undefined;

const within = (begin: number, end: number) => (calendar?.busy ?? []).filter((busy) => busy.begin < end && busy.end > begin);

/** What the reader has between two instants. */
function busyBetween(from: number, to: number): string | undefined {
  const [first, ...more] = within(from, to);
  if (!first) return undefined;
  const title = first.title.length > LONGEST ? `${first.title.slice(0, LONGEST - 1)}…` : first.title || say("busy-untitled");
  return more.length ? say("busy-more", { what: title, count: more.length }) : title;
}

/** Shows in a form what is busy; gives what reads a file. */
export function compare(element: HTMLElement, form: HTMLFormElement, life: AbortSignal): (file: File) => Promise<void> {
  const part = <E extends HTMLElement>(name: string) => element.querySelector<E>(`[data-part=${name}]`);
  const [input, said, acts] = [part<HTMLInputElement>("file"), part("said"), part("acts")];
  const tell = (text: string, bad = false) => inform(said, text, bad);
  const zone = () => form.querySelector<HTMLInputElement>("[name=shown_zone]")?.value ?? "UTC";
  const offered = () => [...form.querySelectorAll<HTMLElement>("[data-slot]")].filter((item) => item.querySelector("input"));
  const slot = (item: HTMLElement) => slotOf(item.dataset.slot ?? "");
  if (calendar?.path !== location.pathname) calendar = undefined;

  /** Marks what is busy; gives how many times that are. */
  function mark(): number {
    let count = 0;
    for (const item of offered()) {
      const { begin, end } = slot(item);
      item.querySelector(".busy-with")?.remove();
      const [first] = within(begin, end);
      item.classList.toggle("busy", first !== undefined);
      if (!first) continue;
      count += 1;
      const values = { what: busyBetween(begin, end) ?? "", time: first.isAllDay ? say("busy-all-day") : clockRange(first, zone()) };
      item.querySelector("label > span, .rate > span")?.append(make("small", { className: "busy-with" }, say("busy-with", values)));
    }
    if (acts) acts.hidden = !calendar;
    document.dispatchEvent(new Event("whittle:busy"));
    return count;
  }

  async function read(name: string, text: string): Promise<void> {
    const slots = offered().map(slot);
    const range = { begin: Math.min(...slots.map(({ begin }) => begin)) - DAY, end: Math.max(...slots.map(({ end }) => end)) + DAY };
    const here = zone();
    const parser = await import("./parser.ts");
    const reading = await parser.read(text, range, here);
    if (life.aborted) return;
    if (!Array.isArray(reading)) {
      if (reading.trouble === "often") return tell(say("calendar-often", { name, title: reading.title }), true);
      return tell(reading.trouble === "slow" ? say("calendar-slow", { name }) : say("calendar-broken", { name }), true);
    }
    calendar = { path: location.pathname, zone: here, name, text, busy: reading };
    tell(say("calendar-clashes", { name, count: mark(), of: slots.length }));
  }

  /** A day is a day of the zone in which times are shown. */
  async function refresh(): Promise<void> {
    if (calendar && calendar.zone !== zone()) await read(calendar.name, calendar.text);
    else mark();
  }

  part("keep")?.addEventListener("click", () => {
    const taken = [...marks(form)].filter(([time, value]) => value !== NO && within(slotOf(time).begin, slotOf(time).end).length > 0);
    setMarks(form, new Map(taken.map(([time]) => [time, NO])));
    const count = taken.length;
    tell(isRating(form) ? say("calendar-set-no", { count }) : say("calendar-kept", { count }));
  });
  part("forget")?.addEventListener("click", () => {
    calendar = undefined;
    mark();
    tell(say("calendar-forgotten"));
    if (!input) return;
    input.value = "";
    input.focus();
  });
  document.addEventListener("whittle:refreshed", () => void refresh(), { signal: life });
  if (calendar) void refresh();

  return async (file) => {
    if (file.size > LARGEST) tell(say("calendar-large", { name: file.name }), true);
    else await read(file.name, await file.text());
  };
}
