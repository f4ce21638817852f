// Painting a week of the times that are offered. The form's own boxes hold them: they are read when the grid opens, and written after
// each step, as the server renders them.
import { historyKey, make } from "../page.ts";
import "../grid/element.ts";
import type { GridChange, TimeGrid } from "../grid/element.ts";
import texts from "../../../texts/en/script-paint.ftl";
import { learn, say } from "../texts.ts";
import { allTimes, order, parse, repaint, type Run, splitOf, timesOf, valueOf, without } from "./runs.ts";
import { listRuns } from "./list.ts";
import { daysFrom, levelName, mondayOf, shift, today, told, type Week, weekOf } from "./week.ts";

learn(texts);

/** What a proposal can have, and a calendar, whose times have levels; the server judges it (`Slots::MAX`, `MOST_OWNER_SLOTS`). */
const MOST = { plain: 30, leveled: 500 };
/** The first row that is in view, in minutes from midnight. */
const MORNING = 7 * 60;
/** How a run is split where the fields of the series say nothing. */
const USUAL = { length: 45, every: 60 };

/** The choice of a level, as the server renders it. */
const levelsOf = (clock: string, chosen: number) =>
  make("select", { name: "level", "aria-label": say("paint-level-of", { time: clock }) },
    ...[3, 2, 1].map((level) => new Option(levelName(level), String(level), level === chosen, level === chosen)));

/** Opens the grid in its place, and gives what opens and closes it from then on. */
export function paint(element: HTMLElement, life: AbortSignal): () => void {
  const form = element.closest("form")!;
  const part = <T extends HTMLElement = HTMLElement>(name: string) => element.querySelector<T>(`[data-part="${name}"]`)!;
  const panel = element.querySelector<HTMLElement>("#paint")!;
  const toggle = element.querySelector<HTMLButtonElement>("[aria-controls=paint]")!;
  const chosen = document.getElementById("chosen")!;
  const zone = form.querySelector<HTMLSelectElement>("[name=zone]")!;
  const day = element.querySelector<HTMLInputElement>("#paint-day")!;
  const rows = element.querySelector<HTMLSelectElement>("#paint-rows")!;
  // In a calendar each time has a level, and none is split: it has room for many meetings.
  const leveled = "levels" in element.dataset;
  const most = leveled ? MOST.leveled : MOST.plain;
  const [each, every] = ["length", "every"].map((name) => element.querySelector<HTMLInputElement>(`#paint-${name}`)) as [HTMLInputElement, HTMLInputElement];
  const grid: TimeGrid = document.createElement("time-grid");
  // Splitting and removing are steps, too, and another week keeps them: the history is ours.
  grid.setAttribute("no-history", "");

  let runs: Run[] = [];
  let past: Run[][] = [];
  let future: Run[][] = [];
  let monday = "";
  let week: Week;

  const boxes = () => [...chosen.querySelectorAll<HTMLInputElement>("[name=keep]")];
  const values = (list: readonly Run[]) => allTimes(list).map(valueOf);

  /** What a box stands for: the level beside it counts. */
  function valueAt(box: HTMLInputElement): string {
    const run = leveled ? parse(box.value) : undefined;
    const chosenLevel = box.closest(".time")?.querySelector<HTMLSelectElement>("[name=level]")?.value;
    return run && chosenLevel ? valueOf({ ...run, level: Number(chosenLevel) }) : box.value;
  }

  /** Reads what is ticked, unless it is what was painted here. */
  function read(): void {
    const ticked = boxes().filter(({ checked }) => checked).map(valueAt);
    if (String(ticked) === String(values(runs))) return;
    runs = ticked.map(parse).filter((run) => run !== undefined).sort(order);
    [past, future] = [[], []];
    // Where half hours cannot show what is chosen, quarters may.
    if (runs.some(({ from, minutes }) => from % 30 || minutes % 30) && runs.every(({ from, minutes }) => !(from % 15 || minutes % 15))) rows.value = "15";
  }

  /** Writes the times into the form, as the server renders them. What is there and not ticked, or no run, stays as it is. */
  function write(): void {
    const kept = values(runs);
    const others = boxes().filter((box) => !kept.includes(valueAt(box)));
    const strange = others.filter(({ value }) => !parse(value)).map((box) => box.closest(".time")!);
    const unticked = others.filter(({ checked }) => !checked).flatMap((box) => parse(valueAt(box)) ?? []);
    const days = new Map<string, HTMLElement[]>();
    for (const run of [...allTimes(runs), ...unticked].sort(order)) {
      const { day: name, clock } = told(run, zone.value);
      const value = valueOf(run);
      const label = make("label", { className: leveled ? "choice" : "time" },
        make("input", { type: "hidden", name: "time", value }),
        make("input", { type: "checkbox", name: "keep", value, checked: kept.includes(value) }),
        make("strong", {}, clock));
      const time = leveled ? make("div", { className: "time" }, label, levelsOf(clock, run.level ?? 3)) : label;
      days.set(name, [...(days.get(name) ?? []), time]);
    }
    const fieldsets = [...days].map(([name, labels]) => make("fieldset", { className: "day" }, make("legend", {}, name), make("div", { className: leveled ? "times leveled" : "times" }, ...labels)));
    chosen.replaceChildren(make("p", { className: "soft" }, say("times-chosen", { count: kept.length })), ...fieldsets, ...strange);
    form.dispatchEvent(new Event("input"));
  }

  /** Shows the week, at the same place of the day as before. */
  function draw(): void {
    const scroll = grid.querySelector(".grid-scroll")?.scrollTop;
    const step = Number(rows.value);
    week = weekOf(monday, step, zone.value, runs, leveled);
    grid.show(week.shape);
    const scroller = grid.querySelector<HTMLElement>(".grid-scroll")!;
    const head = scroller.querySelector("thead")!.getBoundingClientRect().height;
    scroller.scrollTop = scroll ?? scroller.querySelectorAll("tbody tr")[MORNING / step]!.getBoundingClientRect().top - scroller.getBoundingClientRect().top - head;
    day.value ||= monday;
  }

  /** Tells under the grid what is offered. */
  function tell(): void {
    const count = allTimes(runs).length;
    const state = part("count");
    state.textContent = count > most ? say(leveled ? "paint-many-levels" : "paint-many", { count, most }) : say("paint-count", { count });
    state.classList.toggle("fault", count > most);
    part("zone").textContent = say("paint-zone", { zone: zone.value });
    for (const [name, able] of [["undo", past.length], ["redo", future.length]] as const) part(name).setAttribute("aria-disabled", String(!able));
    listRuns(part("runs"), runs, zone.value, {
      ...(!leveled && { split: (run) => replace(run, splitOf(run, each.valueAsNumber, every.valueAsNumber), say("paint-unfit", { minutes: each.value, every: every.value })) }),
      join: ({ split: _, ...whole }) => set(runs.map((run) => (valueOf(run) === valueOf(whole) ? whole : run))),
      remove: (run) => set(runs.filter((other) => other !== run)),
      drop: (run, from) => {
        const rest = without(run, from);
        set(runs.flatMap((other) => (other !== run ? [other] : rest ? [rest] : [])));
      },
    });
  }

  function replace(run: Run, by: Run | undefined, otherwise: string): void {
    part("problem").textContent = by ? "" : otherwise;
    if (by) set(runs.map((other) => (other === run ? by : other)));
  }

  /** One step: other runs. What the grid shows already is not drawn again. */
  function set(next: Run[], isDrawn = false): void {
    past.push(runs);
    future = [];
    runs = next;
    part("problem").textContent = "";
    show(isDrawn);
  }

  function show(isDrawn = false): void {
    write();
    if (!isDrawn) draw();
    tell();
  }

  /** Goes back or on by a step, to the week where it was made. */
  function travel(from: Run[][], to: Run[][]): void {
    const next = from.pop();
    if (!next) return;
    to.push(runs);
    const changed = [...next, ...runs].find((run) => next.includes(run) !== runs.includes(run));
    runs = next;
    if (changed && !daysFrom(monday).includes(changed.date)) go(changed.date);
    show();
  }
  const undo = () => travel(past, future);
  const redo = () => travel(future, past);

  function go(date: string): void {
    monday = mondayOf(date);
    day.value = monday;
  }

  function open(isOpen: boolean): void {
    panel.hidden = !isOpen;
    chosen.hidden = isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return toggle.focus();
    if (!leveled) {
      const [minutes, step] = ["minutes", "every"].map((name) => form.querySelector<HTMLInputElement>(`[name=series-${name}]`)?.valueAsNumber || 0);
      const isSet = minutes && step && minutes !== step;
      each.value ||= String(isSet ? minutes : USUAL.length);
      every.value ||= String(isSet ? step : USUAL.every);
    }
    read();
    // On a weekend one paints the next week: of this one nothing is left but that.
    const now = today(zone.value);
    if (!monday) go(runs.find(({ date }) => date >= now)?.date ?? shift(now, 2));
    if (!grid.isConnected) part("grid").append(grid);
    draw();
    tell();
  }

  grid.addEventListener("grid-change", (event) => {
    const { changes, origin } = (event as GridChange).detail;
    if (origin === "owner") return;
    const dates = daysFrom(monday);
    let next = runs;
    for (const column of new Set(changes.map(({ column }) => column))) {
      const date = dates[column]!;
      const was = new Set(next.filter((run) => run.date === date && week.isPainted(run)));
      const painted = week.shape.rows.map((_, row) => grid.level(column, row));
      next = repaint(next, date, was, painted, Number(rows.value), leveled);
    }
    set(next, true);
  });
  grid.addEventListener("grid-undo", (event) => (event.preventDefault(), undo()));
  grid.addEventListener("grid-redo", (event) => (event.preventDefault(), redo()));
  const acts: Record<string, () => void> = {
    undo,
    redo,
    done: () => open(false),
    before: () => (go(shift(monday, -7)), draw()),
    after: () => (go(shift(monday, 7)), draw()),
    all: () => {
      const next = runs.map((run) => (timesOf(run).length === 1 ? splitOf(run, each.valueAsNumber, every.valueAsNumber) : undefined) ?? run);
      if (next.some((run, n) => run !== runs[n])) set(next);
      else part("problem").textContent = say("paint-unfit", { minutes: each.value, every: every.value });
    },
  };
  panel.addEventListener("click", ({ target }) => acts[(target as Element).closest("button")?.dataset["part"] ?? ""]?.());
  panel.addEventListener("keydown", (event) => {
    const writes = event.target instanceof HTMLInputElement;
    // Enter in a field would send the whole form.
    if (event.key === "Enter" && writes) event.preventDefault();
    const act = event.defaultPrevented || writes ? undefined : historyKey(event);
    if (!act) return;
    event.preventDefault();
    acts[act]?.();
  });
  // What is set here is how to paint, and no part of what is sent.
  for (const name of ["input", "change"]) panel.addEventListener(name, (event) => event.stopPropagation());
  day.addEventListener("change", () => {
    // While a year is typed, its first digits are one of antiquity.
    if (day.value < "2000") return;
    monday = mondayOf(day.value);
    draw();
  });
  rows.addEventListener("change", draw);
  zone.addEventListener("change", () => {
    if (panel.hidden) return;
    draw();
    tell();
  }, { signal: life });
  return () => open(Boolean(panel.hidden));
}
