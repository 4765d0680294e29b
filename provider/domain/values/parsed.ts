/**
 * The outcome of reading text that a person or a file gave. A reason says what was expected and the shape of what was got; it
 * never echoes the text, which may be a secret.
 */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** A successful outcome. */
export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A refusal: what was expected and the shape of what was got. */
export function refused(expected: string, got: string): Parsed<never> {
  return { ok: false, reason: `Expected ${expected}; got ${got}.` };
}
