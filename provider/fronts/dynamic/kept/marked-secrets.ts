/** How a secret is written on the way to the engine, whatever the SDK says of the provider that sends it. */
const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/**
 * The value with every text in it marked that tells a secret. The engine keeps what has the name of a secret argument secret by itself, and
 * cannot know of its copies: the machine's name, the paths of files.
 */
export function markedSecrets(value: unknown, isSecret: (text: string) => boolean): unknown {
  if (typeof value === "string") return isSecret(value) ? { [MARK]: SECRET, value } : value;
  if (Array.isArray(value)) return value.map((item) => markedSecrets(item, isSecret));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, markedSecrets(inner, isSecret)]));
}
