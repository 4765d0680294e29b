import type { Declared } from "../schema";
import { isInterval, isReference, type Reference, type Scalar, type Value } from "../values";

const TAGS: Readonly<Record<string, string>> = {
  uint8: "By",
  uint16: "U16",
  uint32: "U32",
  uint64: "U64",
  sint8: "SB",
  sint16: "I16",
  sint32: "I32",
  sint64: "I64",
  real32: "Sg",
  real64: "Db",
  boolean: "B",
  string: "S",
};

/**
 * PowerShell's own serialisation: what a client reads in one call, with exact types. One line of ASCII; everything else, lone
 * surrogates included, as the escape that the format has for it.
 */
export function document(content: string): string {
  return `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">${content}</Objs>`;
}

export function bag(members: readonly string[], name?: string): string {
  return `<Obj${nameAttribute(name)}><MS>${members.join("")}</MS></Obj>`;
}

export function list(items: readonly string[], name?: string): string {
  return `<Obj${nameAttribute(name)}><LST>${items.join("")}</LST></Obj>`;
}

export function text(value: string, name?: string): string {
  return `<S${nameAttribute(name)}>${escaped(value)}</S>`;
}

export function number(type: string, value: number, name?: string): string {
  return scalar(value, type, name);
}

export function member(declared: Declared, value: Value): string {
  if (value === undefined) return `<Nil${nameAttribute(declared.name)} />`;
  if (Array.isArray(value))
    return list(
      value.map((one: Scalar) => (isReference(one) ? reference(one) : scalar(one, declared.type, undefined))),
      declared.name,
    );
  if (isReference(value)) return reference(value, declared.name);
  return scalar(value as Scalar, declared.type, declared.name);
}

function reference(value: Reference, name?: string): string {
  const keys = Object.entries(value.keys).map(([key, one]) => text(one, key));
  return bag([text(value.className, "class"), text(value.namespace, "namespace"), bag(keys, "keys")], name);
}

function scalar(value: Scalar, type: string, name: string | undefined): string {
  const attribute = nameAttribute(name);
  if (value instanceof Date) return `<DT${attribute}>${localTime(value)}</DT>`;
  if (isInterval(value)) return `<TS${attribute}>PT${Math.max(0, value.interval) / 1000}S</TS>`;
  const tag = TAGS[type] ?? "S";
  return `<${tag}${attribute}>${escaped(String(value))}</${tag}>`;
}

/** With an offset, so that it is read as local time, which is how a CIM client gives it. */
function localTime(value: Date): string {
  return value.toISOString().replace("Z", "+00:00");
}

function nameAttribute(name: string | undefined): string {
  return name === undefined ? "" : ` N="${escaped(name)}"`;
}

function escaped(value: string): string {
  return value
    .replace(/_(?=x)/gi, "_x005F_")
    .replace(/[^\x20-\x7e]/g, (unit) => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`)
    .replace(/[<>&"]/g, (one) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" })[one] ?? one);
}
