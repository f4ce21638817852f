// <time-grid>: cells with levels, in columns and rows, set by keys, mouse, pen and touch. It knows nothing of what they stand for.
//
//   const grid = document.createElement("time-grid");   // registered by importing this file
//   grid.show(shape);                                   // see `Shape` in model.ts
//   grid.addEventListener("grid-change", ({ detail: { changes, origin } }) => ...);
//
// After each step comes "grid-change", with the cells that changed and whose step it was: done in the grid ("grid"), by `apply`
// ("owner"), or "undo" and "redo". Where somebody asks for undo or redo, "grid-undo" and "grid-redo" come first: an owner that has a
// history of its own prevents their default, and gives the element the attribute `no-history`, so that it has no such buttons.
import { make } from "../page.ts";
import texts from "../../../texts/en/script-grid.ftl";
import { learn, say } from "../texts.ts";
import { type Around, Board, type Origin } from "./board.ts";
import { listenToKeys } from "./keys.ts";
import { type Area, type Change, Model, type Place, type Shape } from "./model.ts";
import { Pointer } from "./pointer.ts";
import { Tools, button } from "./tools.ts";
import { View } from "./view.ts";

learn(texts);

/** How long the live region stays as it is: many steps in a row are said once. */
const SAY_MS = 500;
let grids = 0;

export class TimeGrid extends HTMLElement {
  #board: Board | undefined;
  #pointer: Pointer | undefined;
  #tools: Tools | undefined;
  readonly #id = `grid-help-${++grids}`;
  readonly #live = make("p", { className: "grid-live soft" });
  #said = "";
  #saying: ReturnType<typeof setTimeout> | undefined;

  /** Shows a grid, in the place of what was shown before, whose history is forgotten. The focus stays at its day and time where they are there again. */
  show(shape: Shape): void {
    const before = this.#board;
    const focused = before?.view.table.contains(document.activeElement);
    this.#pointer?.cancel();
    const model = new Model(shape);
    const view = new View(model, this.#id);
    const help = helpDialog(model.best);
    const around: Around = {
      tell: (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true })),
      say: (text) => this.#say(text),
      help: () => help.showModal(),
      update: () => this.#tools?.update(),
    };
    const board = (this.#board = new Board(model, view, around));
    board.brush = before?.brush;
    const scroller = make("div", { className: "grid-scroll" }, view.table);
    const pointer = new Pointer(board, scroller);
    pointer.paintMode = !!this.#pointer?.paintMode;
    this.#pointer = pointer;
    listenToKeys(board, () => pointer.cancel());
    // The focus may come by Tab, by a reader or by a click.
    view.table.addEventListener("focusin", ({ target }) => {
      const place = view.place(target as Element);
      if (place && (place.column !== board.at.column || place.row !== board.at.row)) board.go(place);
    });
    this.#tools = new Tools(board, pointer, scroller, !this.hasAttribute("no-history"));
    this.#live.setAttribute("role", "status");
    const hints = [make("span", {}, say("grid-hint")), make("span", {}, say("grid-hint-touch"))];
    const { scrollLeft = 0, scrollTop = 0 } = this.querySelector(".grid-scroll") ?? {};
    this.replaceChildren(this.#tools.element, make("p", { id: this.#id, className: "grid-hint small soft" }, ...hints), scroller, this.#live, help);
    scroller.scrollTo(scrollLeft, scrollTop);
    if (before) board.go(found(before, shape));
    if (focused) view.cell(board.at)?.focus();
  }

  level(column: number, row: number): number {
    return this.#board?.model.level({ column, row }) ?? 0;
  }

  /** Changes cells for the owner, in one step of the history. Closed cells stay as they are. */
  apply(changes: Change[]): void {
    this.#board?.set(changes, "owner");
  }

  /** Closes a cell: its level is 0 from now on, and it says why. The history does not know of it. */
  close(column: number, row: number, why: string): void {
    const place = { column, row };
    this.#board?.model.close(place, why);
    this.#redraw({ from: place, to: place });
  }

  /** Reads anew what is said of the cells (`busy`, `note`). Levels and history stay. */
  refresh(): void {
    this.#redraw(this.#board?.model.area());
  }

  undo(): void {
    this.#board?.undo();
  }

  redo(): void {
    this.#board?.redo();
  }

  get canUndo(): boolean {
    return !!this.#board?.model.canUndo;
  }

  get canRedo(): boolean {
    return !!this.#board?.model.canRedo;
  }

  /** The level that painting gives; undefined for the opposite of the cell where it begins. */
  get brush(): number | undefined {
    return this.#board?.brush;
  }

  set brush(level: number | undefined) {
    if (!this.#board) return;
    this.#board.brush = level;
    this.#tools?.update();
  }

  /** The cell that has the focus, or had it last. */
  get at(): Place {
    return this.#board?.at ?? { column: 0, row: 0 };
  }

  /** How many cells were written since the grid was shown, and how long the last step took: for tests. */
  get writes(): number {
    return this.#board?.view.writes ?? 0;
  }

  get lastStepMs(): number {
    return this.#board?.lastStepMs ?? 0;
  }

  #redraw(again?: Area): void {
    this.#board?.draw(again);
    this.#tools?.update();
  }

  #say(text: string): void {
    this.#said = text;
    this.#saying ??= setTimeout(() => {
      this.#saying = undefined;
      this.#live.textContent = this.#said;
    }, SAY_MS);
  }
}

/** Where the focus of a grid is in another: at the same day and time, or at the nearest place by number. */
function found({ at, model }: Board, { columns, rows }: Shape): Place {
  const same = (before: { long: string } | undefined, now: { long: string }[], n: number) => {
    const index = now.findIndex(({ long }) => long === before?.long);
    return index < 0 ? Math.min(n, now.length - 1) : index;
  };
  return { column: same(model.shape.columns[at.column], columns, at.column), row: same(model.shape.rows[at.row], rows, at.row) };
}

function helpDialog(best: number): HTMLDialogElement {
  const ways = say("grid-ways", { best }).split("\n").map((way) => make("li", {}, way));
  const close = button(say("grid-close"), () => dialog.close());
  const dialog = make("dialog", { "aria-label": say("grid-help-title") }, make("h2", {}, say("grid-help-title")), make("ul", {}, ...ways), close);
  return dialog;
}

customElements.define("time-grid", TimeGrid);

/** What "grid-change" tells. */
export type GridChange = CustomEvent<{ changes: Change[]; origin: Origin }>;
export type { Change, Level, Place, Shape } from "./model.ts";

declare global {
  interface HTMLElementTagNameMap {
    "time-grid": TimeGrid;
  }
}
