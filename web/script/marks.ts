// What is marked in the form of an answer, a value for each time. The form's own controls hold it: boxes, to keep a time or not, or radios,
// for how well it suits.

/** The values of times, each as forms carry it. A box has 0 and 1; radios have 0 to 3, or leave a time as it was answered. */
export type Marks = ReadonlyMap<string, string>;

/** What a time has that does not suit. */
export const NO = "0";
/** The begin of the names of radios; the time follows. */
const RADIO = "at ";

/** Whether a form asks how well each time suits. */
export const isRating = (form: Element) => form.matches(".rating");
/** The value of a time that suits best. */
export const best = (form: Element) => (isRating(form) ? "3" : "1");

const controls = (form: Element) => [...form.querySelectorAll<HTMLInputElement>(`input[type=checkbox][name=keep], input[type=radio][name^="${RADIO}"]`)];
const timeOf = ({ type, name, value }: HTMLInputElement) => (type === "radio" ? name.slice(RADIO.length) : value);

/** What is marked in a form, or in a part of it. */
export function marks(form: Element): Marks {
  const found = new Map<string, string>();
  for (const control of controls(form)) {
    if (control.type !== "radio") found.set(timeOf(control), control.checked ? "1" : NO);
    else if (control.checked) found.set(timeOf(control), control.value);
  }
  return found;
}

/** Marks these times. A time that is not offered any more, or cannot have this value, stays as it is. */
export function write(form: Element, wanted: Marks): void {
  for (const control of controls(form)) {
    const value = wanted.get(timeOf(control));
    if (value === undefined) continue;
    if (control.type !== "radio") control.checked = value !== NO;
    else if (control.value === value) control.checked = true;
  }
}

/** Whether two forms, or one at two times, are marked the same. */
export const isSame = (some: Marks, others: Marks) => some.size === others.size && [...some].every(([time, value]) => others.get(time) === value);

/** Marks these times: one step of undo. */
export function setMarks(form: HTMLFormElement, wanted: Marks): void {
  const before = marks(form);
  write(form, wanted);
  if (!isSame(before, marks(form))) form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** How many times suit. */
export const count = (of: Marks) => [...of.values()].filter((value) => value !== NO).length;

/** What the fields of a form say that were kept. A box that is not ticked has no field. */
export function ofFields(form: Element, fields: [string, string][]): Marks {
  const found = new Map<string, string>(isRating(form) ? [] : [...marks(form).keys()].map((time) => [time, NO]));
  for (const [name, value] of fields) {
    if (name === "keep") found.set(value, "1");
    else if (name.startsWith(RADIO)) found.set(name.slice(RADIO.length), value);
  }
  return found;
}
