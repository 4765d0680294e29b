import { characterProblems } from "./path-parts";

const MAX_NAME = 255;

/** Devices answer to these names in every directory, with any extension and with spaces before it. */
const reservedName = /^(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$) *(\.|$)/i;

/**
 * Whether a file can have the name. A reserved one can, and one that ends with a dot or a space: adapters reach it past the calls that take
 * such a name for another.
 */
export function isWindowsName(name: string): boolean {
  // Every character below a space, and those that mean a folder, a stream or a pattern.
  return name.length <= MAX_NAME && ![...name].some((character) => character < " " || '\\/:*?"<>|'.includes(character));
}

/** What is wrong with one name of a Windows path, as ends of a sentence; empty when it names a plain file or directory. */
export function windowsNameProblems(name: string): string[] {
  if (name === "." || name === "..") return ['is "." or "..", which stands for another directory'];
  const problems = characterProblems(name);
  if (name.includes(":")) problems.push("contains a colon, which names a stream");
  if (/[<>"|?*]/.test(name)) problems.push('contains one of < > " | ? *');
  if (reservedName.test(name)) problems.push("is a reserved device name, such as CON, NUL or COM1");
  // Windows drops them silently, so the name would be another one.
  if (/[. ]$/.test(name)) problems.push("ends with a dot or a space");
  if (isShortNameOfSystemFolder(name)) problems.push("is the short name of a system folder, such as PROGRA~1");
  if (name.length > MAX_NAME) problems.push(`is longer than ${MAX_NAME} characters`);
  return problems;
}

/** Names longer than 8.3 among the system folders, as short names begin: without spaces and dots. */
const shortNameSources = [
  "PROGRAMFILES",
  "PROGRAMDATA",
  "SYSTEMVOLUMEINFORMATION",
  "DOCUMENTSANDSETTINGS",
  "MICROSOFT",
  "WINDOWSOLD",
  "CLUSTERSTORAGE",
];

/** PROGRA~1, and PR1A2B~1, the form with a hash that NTFS takes after four collisions. */
function isShortNameOfSystemFolder(name: string): boolean {
  const stem = /^([^~.]{2,6})~[0-9]{1,6}(\.[^.]{0,3})?$/.exec(name)?.[1]?.toUpperCase();
  if (stem === undefined) return false;
  const hashed = /^..[0-9A-F]{4}$/.test(stem);
  return shortNameSources.some((source) => source.startsWith(stem) || (hashed && source.startsWith(stem.slice(0, 2))));
}
