import type { LabState } from "./lab-state";

const texts = new WeakMap<object, string>();

/**
 * The state as JSON. Each change of a lab writes all of it, and leaves most of its records the same objects: their text is made once,
 * so that a lab of a thousand machines costs a change little more than what it has changed.
 */
export function stateText(state: LabState): string {
  const members = Object.entries(state).map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`);
  return `{${members.join(",")}}`;
}

function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  // Of nested objects only records in lists are worth an entry.
  const text = Array.isArray(value) ? `[${value.map(textOf).join(",")}]` : JSON.stringify(value);
  texts.set(value, text);
  return text;
}
