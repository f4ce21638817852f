// Mouse, pen and touch on a grid. A mouse or a pen paints at once. A finger that taps toggles, one that swipes scrolls, and one that
// is held still first, or any while painting is switched on, paints; two fingers always scroll.
import type { Board } from "./board.ts";
import type { Place } from "./model.ts";

/** How long a finger is held before it paints, and how far it may move until then: shorter and nearer than what the systems take for a long press. */
const HOLD_MS = 300;
const STILL_PX = 8;
/** Within this distance of an edge painting scrolls, by up to this much a frame. */
const EDGE_PX = 32;
const SCROLL_PX = 12;

interface Stroke {
  pointer: number;
  start: Place;
  level: number;
  /** Where it began, and where the pointer is. */
  x0: number;
  y0: number;
  x: number;
  y: number;
  painting: boolean;
  moved: boolean;
  hold?: ReturnType<typeof setTimeout>;
}

export class Pointer {
  /** Whether a finger paints without being held. */
  paintMode = false;
  readonly #board: Board;
  readonly #scroller: HTMLElement;
  #stroke: Stroke | undefined;
  #touch = false;
  /** Where the columns and rows end, from the corner of the table: measured when a stroke begins. */
  #columns: number[] = [];
  #rows: number[] = [];

  constructor(board: Board, scroller: HTMLElement) {
    this.#board = board;
    this.#scroller = scroller;
    const { table } = board.view;
    table.addEventListener("pointerdown", (event) => this.#down(event));
    table.addEventListener("pointermove", (event) => this.#move(event));
    table.addEventListener("pointerup", (event) => this.#up(event));
    table.addEventListener("pointercancel", (event) => {
      if (event.pointerId === this.#stroke?.pointer) this.cancel();
    });
    // Whether a finger scrolls is settled when it first moves: this listener must be there before, and must be able to refuse.
    const refuse = (event: TouchEvent) => {
      if (this.#stroke?.painting && event.touches.length === 1 && event.cancelable) event.preventDefault();
    };
    table.addEventListener("touchmove", refuse, { passive: false });
    // A finger that is held asks for a menu.
    table.addEventListener("contextmenu", (event) => {
      if (this.#touch) event.preventDefault();
    });
  }

  /** Ends a stroke and leaves all cells as they were. Says whether there was one. */
  cancel(): boolean {
    const stroke = this.#end();
    if (stroke?.painting) this.#board.select();
    return !!stroke;
  }

  #end(): Stroke | undefined {
    const stroke = this.#stroke;
    clearTimeout(stroke?.hold);
    this.#stroke = undefined;
    this.#board.view.table.classList.remove("painting");
    return stroke;
  }

  #down(event: PointerEvent): void {
    this.#touch = event.pointerType === "touch";
    // A second finger: this is no painting.
    if (this.#stroke || !event.isPrimary) return void this.cancel();
    const start = this.#board.view.place((event.target as Element).closest("td"));
    if (!start || event.button !== 0) return;
    // A mouse would begin to select text; the focus that it would give is given below.
    if (!this.#touch) event.preventDefault();
    const { clientX: x, clientY: y, pointerId: pointer } = event;
    const level = this.#board.model.open(start) ? this.#board.model.stroke(start, this.#board.brush) : NaN;
    const stroke: Stroke = { pointer, start, level, x0: x, y0: y, x, y, painting: false, moved: false };
    this.#stroke = stroke;
    if (!this.#touch || this.paintMode) this.#begin(stroke);
    else {
      stroke.hold = setTimeout(() => {
        navigator.vibrate?.(10);
        this.#begin(stroke);
      }, HOLD_MS);
    }
  }

  #begin(stroke: Stroke): void {
    const { view } = this.#board;
    this.#board.go(stroke.start);
    view.cell(stroke.start)?.focus({ preventScroll: true });
    if (Number.isNaN(stroke.level)) {
      this.#board.stroke(stroke.start);
      this.#end();
      return;
    }
    stroke.painting = true;
    view.table.classList.add("painting");
    view.table.setPointerCapture(stroke.pointer);
    this.#measure();
    this.#follow(stroke);
    const frame = () => {
      if (this.#stroke !== stroke || !view.table.isConnected) return;
      if (stroke.moved && this.#scroll(stroke)) this.#follow(stroke);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #move(event: PointerEvent): void {
    const stroke = this.#stroke;
    if (event.pointerId !== stroke?.pointer) return;
    [stroke.x, stroke.y] = [event.clientX, event.clientY];
    stroke.moved ||= Math.hypot(stroke.x - stroke.x0, stroke.y - stroke.y0) > STILL_PX;
    if (stroke.painting) this.#follow(stroke);
    else if (stroke.moved) this.#end();
  }

  #up(event: PointerEvent): void {
    if (event.pointerId !== this.#stroke?.pointer) return;
    const stroke = this.#end();
    if (!stroke) return;
    const { range } = this.#board;
    if (!stroke.painting) {
      // A tap.
      this.#board.go(stroke.start);
      if (this.#board.stroke(stroke.start) !== undefined) this.#board.set([{ ...stroke.start, level: stroke.level }]);
    } else if (range) {
      this.#board.range = this.#board.preview = undefined;
      this.#board.set(this.#board.model.all(stroke.level, range));
    }
  }

  /** Shows what the stroke covers. */
  #follow(stroke: Stroke): void {
    const to = this.#hit(stroke);
    const { range } = this.#board;
    if (range?.to.column !== to.column || range.to.row !== to.row) this.#board.select({ from: stroke.start, to }, stroke.level);
  }

  #measure(): void {
    const { table, days, times } = this.#board.view;
    const { top } = table.getBoundingClientRect();
    this.#columns = days.map((head) => this.#across(head.getBoundingClientRect()));
    this.#rows = times.map((head) => head.getBoundingClientRect().bottom - top);
  }

  /** How far it is from the side where the table begins to where a box ends. */
  #across({ left, right }: { left: number; right: number }): number {
    const { table, rtl } = this.#board.view;
    const box = table.getBoundingClientRect();
    return rtl ? box.right - left : right - box.left;
  }

  /** The cells that are seen: without the headings that stay in place. */
  #frame(): { left: number; right: number; top: number; bottom: number } {
    const { corner, rtl } = this.#board.view;
    const box = this.#scroller.getBoundingClientRect();
    const head = corner.getBoundingClientRect();
    return {
      left: Math.max(0, rtl ? box.left : head.right),
      right: Math.min(innerWidth, rtl ? head.left : box.right),
      top: Math.max(0, head.bottom),
      bottom: Math.min(innerHeight, box.bottom),
    };
  }

  /** The cell under the pointer, or the nearest that is seen. */
  #hit({ x, y }: Stroke): Place {
    const { left, right, top, bottom } = this.#frame();
    const within = (n: number, low: number, high: number) => Math.min(high - 1, Math.max(low + 1, n));
    const point = within(x, left, right);
    const down = within(y, top, bottom) - this.#board.view.table.getBoundingClientRect().top;
    const across = this.#across({ left: point, right: point });
    return { column: before(this.#columns, across), row: before(this.#rows, down) };
  }

  /** Scrolls where the pointer is near an edge: the grid, then the page. Says whether it did. */
  #scroll({ x, y }: Stroke): boolean {
    const frame = this.#frame();
    const by = {
      left: pull(x, frame.left, frame.right),
      top: pull(y, frame.top, frame.bottom),
    };
    if (!by.left && !by.top) return false;
    const scroller = this.#scroller;
    const { scrollTop } = scroller;
    const { top, bottom } = scroller.getBoundingClientRect();
    scroller.scrollBy(by);
    // What of the grid the window does not show comes after what the grid itself does not.
    if (scroller.scrollTop === scrollTop && (by.top > 0 ? bottom > innerHeight : top < 0)) scrollBy(0, by.top);
    return true;
  }
}

/** How far to scroll for a pointer near one of two edges. */
function pull(n: number, low: number, high: number): number {
  const near = (distance: number) => Math.ceil((SCROLL_PX * (EDGE_PX - Math.max(0, distance))) / EDGE_PX);
  if (n > high - EDGE_PX) return near(high - n);
  if (n < low + EDGE_PX) return -near(n - low);
  return 0;
}

/** The first that ends after a point, or the last. */
function before(ends: number[], point: number): number {
  const found = ends.findIndex((end) => point < end);
  return found < 0 ? ends.length - 1 : found;
}
