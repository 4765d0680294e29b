/**
 * One overload of a method or constructor.
 * @typedef {object} Overload
 * @property {string[]} parameters  short type names
 * @property {number} least         how many arguments it takes
 * @property {number} most
 * @property {string} returns       a short type name, or nothing
 */

/**
 * Reads a parameter list of the table of types: "String,Int32=,params Object[]:Boolean".
 * @param {string} text
 * @returns {Overload}
 */
export function readParameterList(text) {
  const colon = text.lastIndexOf(":");
  const returns = colon < 0 ? "" : text.slice(colon + 1);
  const list = (colon < 0 ? text : text.slice(0, colon)).replace(/^<[^<>]*>/, "");
  const parameters = splitList(list);
  const any = parameters.some((parameter) => parameter.startsWith("params "));
  const required = parameters.filter((parameter) => !parameter.startsWith("params ") && !parameter.endsWith("="));
  return { parameters, least: required.length, most: any ? Number.POSITIVE_INFINITY : parameters.length, returns };
}

/** Splits at the commas that stand in no brackets. */
function splitList(text) {
  if (text === "") return [];
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if ("<[".includes(character)) depth++;
    if (">]".includes(character)) depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** @param {Overload[]} overloads  @param {number} count */
export function accepting(overloads, count) {
  return overloads.filter(({ least, most }) => count >= least && count <= most);
}

/** How many arguments the overloads take, for a message: "1, 2, 4+". @param {Overload[]} overloads */
export function argumentCounts(overloads) {
  const texts = overloads.map(({ least, most }) =>
    most === least ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least}+` : `${least} to ${most}`,
  );
  return [...new Set(texts)].sort().join(", ");
}
