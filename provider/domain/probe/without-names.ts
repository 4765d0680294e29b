/** What names the site: longer ones are replaced first, whatever the case of their letters. */
export interface SiteNames {
  readonly HOST: readonly string[];
  readonly ACCOUNT: readonly string[];
  readonly DIRECTORY: readonly string[];
}

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
const SID = /S-1-\d+(?:-\d+)+/gi;
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
/** Shortened by "::", or of eight parts: fewer with single colons are a time. */
const LONG_ADDRESS =
  /(?<![\w:])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4})(?!\w)/gi;
/** Members of the report whose words are its own or Windows', however a host is called. */
const FIXED: ReadonlySet<string> = new Set([
  "format",
  "result",
  "kind",
  "step",
  "outcome",
  "code",
  "method",
  "failure",
  "jobClass",
  "of",
  "moment",
  "className",
  "endedWith",
  "fact",
  "question",
]);
/** A host's name goes on with its domain. */
const DOMAIN = "(?:\\.[\\p{L}\\p{N}-]+)*";

/**
 * The value with every text in it, but the names of members and fixed words, cleared of what tells where it comes from. A GUID has one
 * number throughout.
 */
export function withoutNames<T extends object>(value: T, { HOST, ACCOUNT, DIRECTORY }: SiteNames): T {
  // "DOMAIN\name" and "name@domain" are two names each.
  const accounts = ACCOUNT.flatMap((account) => [account, ...account.split(/[\\@]/)]);
  const words = fixedWords(value);
  const of = (given: readonly string[], word: string, more: string) => pairs(given, word, more, words);
  const names = [...of(DIRECTORY, "DIRECTORY", ""), ...of(accounts, "ACCOUNT", ""), ...of(HOST, "HOST", DOMAIN)].sort(
    (one, other) => other.name.length - one.name.length,
  );
  const guids = new Map<string, string>();
  const numbered = (guid: string) => {
    const known = guids.get(guid.toLowerCase()) ?? `GUID-${guids.size + 1}`;
    guids.set(guid.toLowerCase(), known);
    return known;
  };
  const cleared = (text: string) => {
    const named = names.reduce((left, { pattern, word }) => left.replace(pattern, word), text);
    return named.replace(GUID, numbered).replace(SID, "SID").replace(ADDRESS, "ADDRESS").replace(LONG_ADDRESS, "ADDRESS");
  };
  const isCleared = (name: string, member: unknown): member is string => typeof member === "string" && !FIXED.has(name);
  return JSON.parse(JSON.stringify(value), (name, member: unknown) => (isCleared(name, member) ? cleared(member) : member)) as T;
}

function fixedWords(value: object): string {
  const words: string[] = [];
  JSON.stringify(value, (name, member: unknown) => {
    if (FIXED.has(name) && typeof member === "string") words.push(member.toLowerCase());
    return member;
  });
  return words.join("\n");
}

/** Within a longer word, so short a name is no name: it would take the text apart. Neither is one that is a part of the report's own words. */
const SHORT = 3;

function pairs(names: readonly string[], word: string, more: string, words: string) {
  return names.filter(Boolean).map((name) => {
    const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    const bounded =
      name.length > SHORT && !words.includes(name.toLowerCase()) ? escaped : `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`;
    return { name, word, pattern: new RegExp(bounded + more, "giu") };
  });
}
