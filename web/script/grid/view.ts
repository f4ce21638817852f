// The table of a grid. It is made once; after that only those cells are written that look different from before.
import { make } from "../page.ts";
import { say } from "../texts.ts";
import type { Area, Model, Place } from "./model.ts";

/** The steps of colour there are (--heat-1 to --heat-5). */
const STEPS = 5;
const LEVELS = 16;

export class View {
  readonly table: HTMLTableElement;
  /** How many cells were written since the table was made. */
  writes = 0;
  readonly #model: Model;
  readonly corner: HTMLElement;
  readonly days: HTMLElement[];
  readonly times: HTMLElement[];
  readonly #cells: HTMLTableCellElement[] = [];
  /** How each cell was written last, as a number: its level, and whether it is closed and chosen. */
  readonly #shown: Int16Array;
  #entry: HTMLElement | undefined;

  constructor(model: Model, help: string) {
    this.#model = model;
    const { shape } = model;
    this.days = shape.columns.map(({ short, long }, column) => {
      return make("th", { scope: "col", className: this.#gap(column), "aria-label": long }, short);
    });
    this.times = shape.rows.map(({ short, long }) => make("th", { scope: "row", "aria-label": long }, short));
    this.corner = make("th", { scope: "col" }, make("span", { className: "hidden" }, say("grid-times")));
    this.table = make(
      "table",
      {
        role: "grid",
        "aria-label": shape.label ?? say("grid-label"),
        "aria-describedby": help,
        "aria-multiselectable": "true",
        "aria-rowcount": String(shape.rows.length + 1),
        "aria-colcount": String(shape.columns.length + 1),
      },
      make("thead", {}, make("tr", {}, this.corner, ...this.days)),
      make("tbody", {}, ...this.times.map((head, row) => this.#row(head, row))),
    );
    this.table.classList.toggle("many", shape.rows.length > 48);
    this.table.style.setProperty("--columns", String(shape.columns.length));
    this.#shown = new Int16Array(this.#cells.length).fill(-1);
    this.draw();
    this.writes = 0;
  }

  #row(head: HTMLElement, row: number): HTMLElement {
    const { shape } = this.#model;
    const line = make("tr", {}, head);
    if (!shape.major || shape.major(row)) line.className = "major";
    shape.columns.forEach((_, column) => {
      const cell = make("td", { tabIndex: -1, className: this.#gap(column) });
      line.append((this.#cells[this.#model.index({ column, row })] = cell));
    });
    return line;
  }

  #gap(column: number): string {
    return this.#model.shape.gapBefore?.(column) ? "gap" : "";
  }

  cell(place: Place): HTMLElement | undefined {
    return this.#cells[this.#model.index(place)];
  }

  /** The place of a cell. */
  place(cell: Element | null): Place | undefined {
    const index = this.#cells.indexOf(cell as HTMLTableCellElement);
    const rows = this.times.length;
    return index < 0 ? undefined : { column: Math.floor(index / rows), row: index % rows };
  }

  /** Whether the first day is at the right. */
  get rtl(): boolean {
    return getComputedStyle(this.table).direction === "rtl";
  }

  /** Writes the cells that look different from before, and those of `again` in any case. The cells of the range are chosen, and shown
   * at the level that they are about to get. */
  draw(range?: Area, preview?: number, again?: Area): void {
    const model = this.#model;
    for (const place of model.places()) {
      const selected = inside(place, range);
      const closed = !model.open(place);
      const level = selected && !closed && preview !== undefined ? preview : model.level(place);
      const look = level + LEVELS * ((selected ? 1 : 0) + (closed ? 2 : 0));
      const index = model.index(place);
      if (look !== this.#shown[index] || inside(place, again)) {
        this.#shown[index] = look;
        this.#write(place, level, selected, closed);
      }
    }
  }

  #write(place: Place, level: number, selected: boolean, closed: boolean): void {
    const cell = this.cell(place)!;
    this.writes++;
    const { shape, best } = this.#model;
    const here = this.#model.has(place);
    const { mark = "", isGiven = false } = shape.levels[level] ?? {};
    if (cell.textContent !== mark) cell.textContent = mark;
    cell.dataset.heat = String(isGiven ? 1 : level && Math.max(1, Math.floor((level * STEPS) / best)));
    cell.classList.toggle("closed", here && closed);
    cell.classList.toggle("missing", !here);
    cell.classList.toggle("busy", !!this.#model.cell(place)?.busy);
    said(cell, "aria-disabled", closed);
    said(cell, "aria-selected", selected);
    cell.setAttribute("aria-label", this.label(place, level));
  }

  /** What is said of a cell: "Tuesday 30 January, 10:00 to 10:30, preference 2 of 3, 4 of 6 others can". */
  label(place: Place, level = this.#model.level(place)): string {
    const { shape } = this.#model;
    const { busy, note } = this.#model.cell(place) ?? {};
    const name = shape.levels[level]?.name ?? "";
    const why = this.#model.why(place);
    const state = !this.#model.has(place) ? say("grid-missing") : why === undefined ? name : level ? `${name}, ${why}` : why;
    const parts = [shape.columns[place.column]?.long, shape.rows[place.row]?.long, state, busy && say("grid-busy"), note];
    return parts.filter(Boolean).join(", ");
  }

  /** Makes a cell the one that Tab leads to. */
  enter(place: Place): void {
    this.#entry?.setAttribute("tabindex", "-1");
    this.#entry = this.cell(place);
    this.#entry?.setAttribute("tabindex", "0");
  }
}

/** Whether a place lies in an area. */
function inside({ column, row }: Place, area?: Area): boolean {
  // Of what lies between two ends, the differences to both have different signs.
  return !!area && (column - area.from.column) * (column - area.to.column) <= 0 && (row - area.from.row) * (row - area.to.row) <= 0;
}

/** Sets a state that is left out where it does not hold. */
function said(cell: Element, name: string, holds: boolean): void {
  if (holds) cell.setAttribute(name, "true");
  else cell.removeAttribute(name);
}
