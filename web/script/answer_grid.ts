// The answer on a grid: days across, times down. The controls of the form stay what is sent; the grid shows and sets them.
import "./grid/element.ts";
import type { GridChange, Level, Place, Shape } from "./grid/element.ts";
import { NO, isRating, marks, setMarks } from "./marks.ts";
import { make } from "./page.ts";
import { say } from "./texts.ts";
import { type Local, type Slot, clock as clockOf, clockRange, date, dayLong, dayShort, local, slotOf } from "./time.ts";

/** A time of the list. */
interface Time {
  item: HTMLElement;
  slot: Slot;
  begin: Local;
  /** `10:00 to 10:45` */
  clock: string;
  /** What its row has of its own. */
  row: string;
}

const DAY = 86_400_000;

/** The levels of the grid, and the value that each stands for. */
function levelsOf(form: Element): { levels: Level[]; values: string[] } {
  if (!isRating(form)) return { levels: [{ name: say("answer-cut"), mark: "✕" }, { name: say("answer-keep"), mark: "✓" }], values: [NO, "1"] };
  const rates = [say("rate-1"), say("rate-2"), say("rate-3")].map((name, n) => ({ name, mark: String(n + 1), brush: name }));
  return { levels: [{ name: say("rate-no"), mark: "" }, ...rates, { name: say("rate-before"), mark: "~", isGiven: true }], values: [NO, "1", "2", "3", "keep"] };
}

/** The shape of the list in a zone, and where each time stands. */
function shapeOf(list: HTMLElement, zone: string, { levels, values }: ReturnType<typeof levelsOf>): { shape: Shape; places: Map<string, Place> } {
  const met = new Map<string, number>();
  const times = [...list.querySelectorAll<HTMLElement>("[data-slot]")].map((item): Time => {
    const slot = slotOf(item.dataset.slot ?? "");
    const [begin, clock] = [local(slot.begin, zone), clockRange(slot, zone)];
    // Clocks that are put back show the same time of day twice: each time has a row of its own.
    const key = `${date(begin)} ${clock}`;
    const before = met.get(key) ?? 0;
    met.set(key, before + 1);
    return { item, slot, begin, clock, row: `${clock} ${before}` };
  });
  const inDay = ({ begin, slot }: Time) => (begin.hour * 60 + begin.minute) * DAY + (slot.end - slot.begin);
  const first = (all: Time[], key: (time: Time) => string) => [...new Map(all.toReversed().map((time) => [key(time), time])).values()];
  const days = first(times, ({ begin }) => date(begin)).sort((a, b) => a.slot.begin - b.slot.begin);
  const rows = first(times, ({ row }) => row).sort((a, b) => inDay(a) - inDay(b) || a.row.localeCompare(b.row));
  const at = new Map<string, Time>();
  const places = new Map<string, Place>();
  for (const time of times) {
    const place = { column: days.findIndex(({ begin }) => date(begin) === date(time.begin)), row: rows.findIndex(({ row }) => row === time.row) };
    at.set(`${place.column} ${place.row}`, time);
    places.set(time.item.dataset.slot ?? "", place);
  }
  const number = ({ year, month, day }: Local) => Date.UTC(year, month - 1, day) / DAY;
  const others = (column: number, is: (day: Time) => boolean) => days.flatMap((day, n) => (n !== column && is(day) ? [n] : []));
  // Two lengths from the same time of day are told apart by their ends.
  const isAlone = (begin: Local) => rows.filter((row) => clockOf(row.begin) === clockOf(begin)).length === 1;
  const now = marks(list);
  const shape: Shape = {
    columns: days.map(({ begin }) => ({ short: dayShort(begin), long: dayLong(begin) })),
    rows: rows.map(({ begin, clock }) => ({ short: isAlone(begin) ? clockOf(begin) : clock, long: clock })),
    levels,
    cell(column, row) {
      const item = at.get(`${column} ${row}`)?.item;
      if (!item) return undefined;
      const value = now.get(item.dataset.slot ?? "");
      const notes = [...item.querySelectorAll("small, .before")].map((note) => note.textContent).join(", ");
      const busy = item.classList.contains("busy");
      return value === undefined ? { level: 0, closed: notes } : { level: values.indexOf(value), busy, ...(notes && { note: notes }) };
    },
    ...(levels.length > 2 && { major: (row: number) => rows[row]!.begin.minute === 0 }),
    gapBefore: (column) => column > 0 && number(days[column]!.begin) - number(days[column - 1]!.begin) > 1,
    copyTargets(column) {
      const weekday = days[column]?.begin.weekday ?? 0;
      const targets = [
        { label: say("answer-copy-weekday", { weekday: say(`weekday-${weekday}`) }), columns: others(column, ({ begin }) => begin.weekday === weekday) },
        { label: say("answer-copy-all"), columns: others(column, () => true) },
        ...(levels.length > 2 ? days.map(({ begin }, n) => ({ label: dayShort(begin), columns: n === column ? [] : [n] })) : []),
      ];
      return targets.filter(({ columns }) => columns.length > 0);
    },
  };
  return { shape, places };
}

/** Puts a grid after the list of a form's times, over it; gives what takes it away again. */
export function showGrid(form: HTMLFormElement, list: HTMLElement, life: AbortSignal): () => void {
  const shown = new AbortController();
  const signal = AbortSignal.any([life, shown.signal]);
  const { levels, values } = levelsOf(form);
  let places = new Map<string, Place>();
  // The form's own undo knows of every step, also of those in the list.
  const grid = make("time-grid");
  grid.setAttribute("no-history", "");

  function draw(): void {
    const made = shapeOf(list, document.querySelector<HTMLElement>("[data-zone]")?.dataset.zone ?? "UTC", { levels, values });
    places = made.places;
    grid.show(made.shape);
  }

  grid.addEventListener("grid-change", (event) => {
    const { changes, origin } = (event as GridChange).detail;
    if (origin === "owner") return;
    const wanted = new Map(
      changes.flatMap(({ column, row, level }) => {
        const time = [...places].find(([, place]) => place.column === column && place.row === row)?.[0];
        return time === undefined ? [] : [[time, values[level] ?? NO] as const];
      }),
    );
    setMarks(form, wanted);
    // What a time cannot have, such as what was answered for another, it does not have on the grid either.
    follow();
  });
  for (const act of ["undo", "redo"]) {
    grid.addEventListener(`grid-${act}`, (event) => {
      event.preventDefault();
      form.querySelector<HTMLButtonElement>(`[data-act=${act}]`)?.click();
    });
  }
  const follow = () => {
    const changes = [...marks(form)].flatMap(([time, value]) => {
      const [place, level] = [places.get(time), values.indexOf(value)];
      return place && grid.level(place.column, place.row) !== level ? [{ ...place, level }] : [];
    });
    if (changes.length > 0) grid.apply(changes);
  };
  form.addEventListener("marks", follow, { signal });
  for (const change of ["whittle:refreshed", "whittle:busy"]) document.addEventListener(change, draw, { signal });
  list.after(grid);
  draw();
  // Painting gives what suits best, until somebody chooses otherwise.
  if (isRating(form)) grid.brush = 3;
  return () => {
    shown.abort();
    grid.remove();
  };
}
