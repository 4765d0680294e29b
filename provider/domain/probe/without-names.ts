/** What names the site: longer ones are replaced first, whatever the case of their letters. */
export interface SiteNames {
  readonly HOST: readonly string[];
  readonly ACCOUNT: readonly string[];
  readonly DIRECTORY: readonly string[];
}

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
const SID = /S-1-\d+(?:-\d+)+/gi;
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
/** A host's name goes on with its domain. */
const DOMAIN = "(?:\\.[\\p{L}\\p{N}-]+)*";

/** The value with every text in it, but the names of members, cleared of what tells where it comes from. A GUID has one number throughout. */
export function withoutNames<T extends object>(value: T, { HOST, ACCOUNT, DIRECTORY }: SiteNames): T {
  // "DOMAIN\name" and "name@domain" are two names each.
  const accounts = ACCOUNT.flatMap((account) => [account, ...account.split(/[\\@]/)]);
  const names = [...pairs(DIRECTORY, "DIRECTORY", ""), ...pairs(accounts, "ACCOUNT", ""), ...pairs(HOST, "HOST", DOMAIN)].sort(
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
    return named.replace(GUID, numbered).replace(SID, "SID").replace(ADDRESS, "ADDRESS");
  };
  return JSON.parse(JSON.stringify(value), (_, member: unknown) => (typeof member === "string" ? cleared(member) : member)) as T;
}

/** Within a longer word, so short a name is no name: it would take the text apart. */
const SHORT = 3;

function pairs(names: readonly string[], word: string, more: string) {
  return names.filter(Boolean).map((name) => {
    const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    const bounded = name.length > SHORT ? escaped : `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`;
    return { name, word, pattern: new RegExp(bounded + more, "giu") };
  });
}
