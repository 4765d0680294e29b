/**
 * The report with every text made safe to print: a name in a manifest may hold what a terminal takes for a command, or turns the
 * direction of what follows.
 */
export function printable<T extends object>(report: T): T {
  return JSON.parse(JSON.stringify(report), (_, value: unknown) => (typeof value === "string" ? printableText(value) : value)) as T;
}

export function printableText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
