import { accepted, type Parsed, refused } from "../values/parsed";

const PREFIX = "Microsoft:";
const EXPECTED_GUID = "a GUID (8-4-4-4-12 hexadecimal digits, braces optional)";

/** A GUID as Hyper-V writes it: upper case, no braces. */
export function normaliseGuid(text: string): Parsed<string> {
  const digits = digitsOf(text);
  return digits === undefined ? refused(EXPECTED_GUID, shapeOf(text)) : accepted(digits);
}

/** InstanceID of a reference point: "Microsoft:" and an upper-case GUID, from that, a GUID, or a GUID in braces. */
export function normaliseReferencePointId(text: string): Parsed<string> {
  const bare = text.slice(0, PREFIX.length).toLowerCase() === PREFIX.toLowerCase() ? text.slice(PREFIX.length) : text;
  const digits = digitsOf(bare);
  if (digits === undefined) return refused(`a reference point's id: "${PREFIX}" and a GUID, or ${EXPECTED_GUID}`, shapeOf(text));
  return accepted(PREFIX + digits);
}

function digitsOf(text: string): string | undefined {
  const match = /^(\{)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\})?$/i.exec(text);
  if (match === null || (match[1] === undefined) !== (match[3] === undefined)) return undefined;
  return match[2]?.toUpperCase();
}

function shapeOf(text: string): string {
  if (text === "") return "empty text";
  return text.trim() === text ? `a text of another form, ${text.length} characters` : "a text with space around it";
}
