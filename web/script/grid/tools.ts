// The buttons above a grid.
import { make } from "../page.ts";
import { say } from "../texts.ts";
import type { Board } from "./board.ts";
import type { Pointer } from "./pointer.ts";

export class Tools {
  readonly element: HTMLElement;
  readonly #board: Board;
  readonly #undo: HTMLButtonElement;
  readonly #redo: HTMLButtonElement;
  readonly #brushes: { level: number | undefined; element: HTMLButtonElement }[];
  readonly #copy: HTMLDetailsElement;
  /** The column whose copies are offered. */
  #column = NaN;

  constructor(board: Board, pointer: Pointer, scroller: HTMLElement, history: boolean) {
    this.#board = board;
    const { model } = board;
    const { levels } = model.shape;
    this.#undo = button(say("grid-undo"), () => model.canUndo && board.ask("undo"));
    this.#redo = button(say("grid-redo"), () => model.canRedo && board.ask("redo"));
    const to = () => board.brush || model.best;
    const all = button(say("grid-all"), () => board.set(model.all(to())));
    const none = button(say("grid-none"), () => board.set(model.all(0)));
    const invert = button(say("grid-invert"), () => board.set(model.inverted(to())));
    const paint = button(say("grid-paint"), () => {
      pointer.paintMode = !pointer.paintMode;
      pressed(paint, pointer.paintMode);
    });
    paint.classList.add("grid-paint");
    pressed(paint, pointer.paintMode);
    // With two levels there is nothing to choose: painting gives the opposite. So it does where no brush is chosen, but for levels whose
    // brushes have a text: one of those is always chosen, and takes its own level back.
    const settable = levels.slice(0, model.best + 1);
    const choices = model.best < 2 ? [] : settable.map((level, n) => ({ level: n, text: level.brush ?? (level.mark || level.name), name: level.brush ?? level.name }));
    const toggle = { level: undefined, text: say("grid-toggle"), name: say("grid-toggle") };
    this.#brushes = (choices.length === 0 || settable.some(({ brush }) => brush) ? choices : [toggle, ...choices]).map(({ level, text, name }) => {
      const element = button(text, () => {
        board.brush = level;
        this.update();
      });
      if (name !== text) element.ariaLabel = name;
      return { level, element };
    });
    this.#copy = make("details", { className: "grid-copy" });
    const pages = group(
      say("grid-pages"),
      button(say("grid-back"), () => turn(board, scroller, -1)),
      button(say("grid-on"), () => turn(board, scroller, 1)),
    );
    pages.classList.add("grid-pages");
    // Pages are offered where not all columns are seen.
    new ResizeObserver(() => {
      pages.hidden = scroller.scrollWidth <= scroller.clientWidth + 1;
    }).observe(scroller);
    this.element = make(
      "div",
      { className: "grid-tools" },
      ...(this.#brushes.length ? [group(say("grid-brush"), ...this.#brushes.map(({ element }) => element))] : []),
      group(say("grid-acts"), ...(history ? [this.#undo, this.#redo] : []), all, none, invert, paint, button(say("grid-help"), () => board.around.help())),
      this.#copy,
      pages,
    );
    this.update();
  }

  /** Shows what can be done now. */
  update(): void {
    const { model, brush, at } = this.#board;
    // A button that was disabled while it has the focus would lose it.
    this.#undo.setAttribute("aria-disabled", String(!model.canUndo));
    this.#redo.setAttribute("aria-disabled", String(!model.canRedo));
    for (const { level, element } of this.#brushes) pressed(element, brush === level);
    if (at.column !== this.#column) this.#offerCopies(at.column);
  }

  #offerCopies(column: number): void {
    this.#column = column;
    const { model } = this.#board;
    const day = model.shape.columns[column]?.short ?? "";
    const targets = model.shape.copyTargets?.(column) ?? [];
    const copies = targets.map(({ label, columns }) =>
      button(label, () => {
        this.#board.set(model.copied(column, columns));
        this.#copy.open = false;
        this.#copy.querySelector("summary")?.focus();
      }),
    );
    this.#copy.hidden = !targets.length;
    this.#copy.replaceChildren(make("summary", {}, say("grid-copy", { day })), make("div", { className: "acts" }, ...copies));
  }
}

/** Scrolls to the columns before or after those that are seen: as many as fit. All are equally wide. */
function turn({ view }: Board, scroller: HTMLElement, by: 1 | -1): void {
  const width = view.days[0]!.offsetWidth;
  const side = view.rtl ? -1 : 1;
  const seen = Math.max(1, Math.floor((scroller.clientWidth - view.corner.offsetWidth) / width));
  const first = Math.round((side * scroller.scrollLeft) / width);
  scroller.scrollTo({ left: side * width * (first + by * seen) });
}

const group = (label: string, ...buttons: HTMLElement[]): HTMLElement => {
  const element = make("div", { className: "grid-group", "aria-label": label }, ...buttons);
  element.setAttribute("role", "group");
  return element;
};

export const button = (text: string, onclick: () => unknown): HTMLButtonElement => make("button", { type: "button", className: "quiet", onclick: () => void onclick() }, text);

const pressed = (element: Element, is: boolean): void => element.setAttribute("aria-pressed", String(is));
