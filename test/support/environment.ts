/** A whole number that a variable of the environment gives. One that is none ends the tests: they would try nothing, or for ever. */
export function wholeNumber(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0) throw new Error(`${name} must be a whole number, got "${text}".`);
  return value;
}

/** The same, at least 1. */
export function countFrom(name: string, otherwise: number): number {
  const value = wholeNumber(name, otherwise);
  if (value === 0) throw new Error(`${name} must be 1 or more.`);
  return value;
}
