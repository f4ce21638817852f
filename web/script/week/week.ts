// Blocking hours of a week by painting them. The boxes of the form stay the truth: they are read when the grid opens, and set after each
// step; what is sent is the form.
import "../grid/element.ts";
import type { GridChange } from "../grid/element.ts";
import type { Cell } from "../grid/model.ts";
import { make } from "../page.ts";
import texts from "../../../texts/en/script-week.ftl";
import { learn, say } from "../texts.ts";
import { dayShort, local } from "../time.ts";

learn(texts);

/** The first row that is in view. */
const MORNING = 8;

const clockOf = (hour: number) => `${String(hour % 24).padStart(2, "0")}:00`;

/** What the page has of an hour: its box, or why it cannot be blocked. */
interface Found {
  box?: HTMLInputElement;
  closed?: string;
  note?: string;
}

/** The hours of a day, in their places. */
function hoursOf(day: HTMLElement): Found[] {
  const found: Found[] = [];
  for (const item of day.querySelectorAll<HTMLElement>(".hours > li")) {
    const note = item.querySelector("small")?.textContent ?? "";
    const box = item.querySelector("input") ?? undefined;
    found[parseInt(item.querySelector("strong")!.textContent, 10)] = box ? { box, ...(note && { note }) } : { closed: note };
  }
  return found;
}

/** Puts the grid in its place. */
export function week(form: HTMLElement): void {
  const toggle = form.querySelector<HTMLButtonElement>("[aria-controls=paint]")!;
  const panel = form.querySelector<HTMLElement>("#paint")!;
  // A day that is over has no hours.
  const days = [...form.querySelectorAll<HTMLElement>("fieldset.day")].filter((day) => day.querySelector(".hours"));
  const hours = days.map(hoursOf);
  const grid = document.createElement("time-grid");
  const at = (column: number, row: number) => hours[column]?.[row];

  function cell(column: number, row: number): Cell | undefined {
    const found = at(column, row);
    if (!found) return undefined;
    return { level: found.box?.checked ? 1 : 0, ...(found.closed !== undefined && { closed: found.closed }), ...(found.note && { busy: true, note: found.note }) };
  }

  function draw(): void {
    grid.show({
      label: say("week-label"),
      columns: days.map((day) => ({ short: dayShort(local(Date.parse(day.dataset["date"]!), "UTC")), long: day.querySelector("legend")!.textContent })),
      rows: Array.from({ length: 24 }, (_, hour) => ({ short: clockOf(hour), long: say("clock-range", { from: clockOf(hour), to: clockOf(hour + 1) }) })),
      levels: [{ name: say("week-open"), mark: "" }, { name: say("week-blocked"), mark: "✕" }],
      cell,
      copyTargets: (column) => [{ label: say("week-copy-all"), columns: days.map((_, other) => other).filter((other) => other !== column) }],
    });
    const scroller = grid.querySelector<HTMLElement>(".grid-scroll")!;
    const [head, row] = [scroller.querySelector("thead")!, scroller.querySelectorAll("tbody tr")[MORNING]!];
    scroller.scrollTop = row.getBoundingClientRect().top - head.getBoundingClientRect().bottom;
  }

  grid.addEventListener("grid-change", (event) => {
    for (const { column, row } of (event as GridChange).detail.changes) {
      const box = at(column, row)?.box;
      if (box) box.checked = grid.level(column, row) > 0;
    }
  });
  toggle.addEventListener("click", () => {
    const opens = panel.hidden;
    panel.hidden = !opens;
    toggle.setAttribute("aria-expanded", String(opens));
    // What is painted cannot be ticked at the same time, so that nobody has two truths in sight.
    for (const day of days) day.querySelector("details")!.hidden = opens;
    if (!opens) return;
    if (!grid.isConnected) panel.append(make("p", { className: "small soft" }, say("week-hint")), grid);
    draw();
  });
}
