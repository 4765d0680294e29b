/** Shorter texts stand in every sentence by accident: hiding them would hide the sentence. */
const SHORTEST = 3;

/** Every text of the named properties, however deep. */
export function secretTexts(properties: Readonly<Record<string, unknown>>, secretNames: readonly string[]): string[] {
  const texts = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === "string" && value.length >= SHORTEST) texts.add(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
  };
  for (const name of secretNames) if (Object.hasOwn(properties, name)) collect(properties[name]);
  return [...texts].sort((a, b) => b.length - a.length);
}

/** The text without the secrets, longest first, so that no part of one is left over. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}
