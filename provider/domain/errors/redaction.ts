import { hostSecretNames } from "../hosts/host-secrets";

/** Shorter texts stand in every sentence by accident: hiding them would hide the sentence. */
const SHORTEST = 3;
/** No host takes a longer path. */
const LONGEST_PATH = 4096;

/**
 * Every text of the named properties, however deep, and the folders above those that are paths: messages name them, too.
 *
 * @param secretNames "exportDirectory", or "host.privateKey" for what is secret within a plain property
 */
export function secretTexts(properties: Readonly<Record<string, unknown>>, secretNames: readonly string[]): string[] {
  const texts = secretValues(properties, secretNames).flatMap((value) => [value, value.trim(), ...foldersOf(value)]);
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/**
 * Whether a text tells one of the named properties: it is one, or holds one that does not stand in every text by accident, in any
 * spelling that a host answers with.
 */
export function secretFinder(properties: Readonly<Record<string, unknown>>, secretNames: readonly string[]): (text: string) => boolean {
  const values = secretValues(properties, secretNames).map((value) => spelling(value.trim()));
  const isTold = (found: string, value: string) => found === value || (value.length >= SHORTEST && found.includes(value));
  return (text) => values.some((value) => value !== "" && isTold(spelling(text), value));
}

function spelling(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

function secretValues(properties: Readonly<Record<string, unknown>>, secretNames: readonly string[]): string[] {
  const values: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === "string") values.push(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
  };
  for (const name of secretNames) collect(withoutPlainWords(name, valueAt(properties, name.split("."))));
  return values;
}

/** A host that is secret as a whole: of which kind it is, and how it is logged in to, and which variable holds its key or password, is none. Without these words no message can be read. */
function withoutPlainWords(name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (hostSecretNames.includes(name)) return undefined;
  if (name !== "host") return value;
  const { kind: _, authentication: __, privateKey, credential, ...rest } = value as Readonly<Record<string, unknown>>;
  return { ...rest, ...textMember("privateKey", privateKey), credential: withoutVariable(credential) };
}

function withoutVariable(credential: unknown): unknown {
  if (typeof credential !== "object" || credential === null) return credential;
  const { password, ...rest } = credential as Readonly<Record<string, unknown>>;
  return { ...rest, ...textMember("password", password) };
}

function textMember(name: string, value: unknown): object {
  return typeof value === "string" ? { [name]: value } : {};
}

function valueAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? valueAt((value as Readonly<Record<string, unknown>>)[name], rest)
    : undefined;
}

/** The path without doubled and closing separators, and every folder above it. */
function foldersOf(path: string): string[] {
  if (path.length > LONGEST_PATH) return [];
  const plain = path.replace(/(?<=.)([\\/])[\\/]+/gs, "$1").replace(/[\\/]$/, "");
  return [plain, ...[...plain.matchAll(/[\\/]/g)].map(({ index }) => plain.slice(0, index))];
}

/**
 * The text without the secrets, whatever the case: a host answers with its own spelling of a name. The longest goes first, so that no
 * part of one is left over.
 *
 * @param secrets as {@link secretTexts} orders them
 */
export function redact(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return text;
  return text.replace(new RegExp(secrets.map(literally).join("|"), "gi"), "[secret]");
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
