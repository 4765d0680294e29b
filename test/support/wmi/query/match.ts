import type { Property, WmiClass } from "../schema";
import { type Instance, isReference, parsePath, sameReference, type Value } from "../values";
import { WmiError } from "../wmi-error";
import { type Condition, comparisons, type Literal } from "./parse";

/** More comparisons than this in one query meet WMI's quota. What the real limit is depends on the host; a client stays far below. */
const MOST_COMPARISONS = 200;

/** Holds a WHERE clause against the class before any row is looked at, as WMI does: a wrong one fails even where there is no row. */
export function checkCondition(condition: Condition, wmiClass: WmiClass): void {
  const all = comparisons(condition);
  if (all.length > MOST_COMPARISONS) throw new WmiError("quotaViolation", `${all.length} comparisons in one query`);
  for (const { property, operator, literal } of all) {
    if (property.toUpperCase() === "__CLASS") continue;
    const declared = wmiClass.property(property);
    const refuse = (why: string) =>
      new WmiError("invalidQuery", `${wmiClass.name}.${property} ${operator} ${JSON.stringify(literal)}: ${why}`);
    if (declared === undefined) throw refuse("no such property");
    if (declared.array) throw refuse("an array cannot be compared");
    if (literal === null) continue;
    if (operator === "LIKE" && (declared.type !== "string" || typeof literal !== "string")) throw refuse("LIKE compares texts");
    if (comparable(declared, literal) === undefined) throw refuse(`the property is ${declared.type}`);
  }
}

export function matches(condition: Condition, instance: Instance, wmiClass: WmiClass): boolean {
  switch (condition.kind) {
    case "all":
      return condition.of.every((one) => matches(one, instance, wmiClass));
    case "any":
      return condition.of.some((one) => matches(one, instance, wmiClass));
    case "not":
      return !matches(condition.of, instance, wmiClass);
    case "compare":
      return compare(condition, instance, wmiClass);
  }
}

function compare(
  { property, operator, literal }: Extract<Condition, { kind: "compare" }>,
  instance: Instance,
  wmiClass: WmiClass,
): boolean {
  if (property.toUpperCase() === "__CLASS") {
    const same = instance.className.toLowerCase() === String(literal).toLowerCase();
    return operator === "<>" ? !same : same;
  }
  const declared = wmiClass.property(property);
  const value = declared && instance.row[declared.name];
  if (literal === null) return operator === "<>" ? value !== undefined : value === undefined;
  if (declared === undefined || value === undefined) return false;
  if (operator === "LIKE") return likePattern(String(literal)).test(String(value));
  if (declared.ref) {
    const wanted = parsePath(String(literal), "");
    const same = wanted !== undefined && isReference(value) && sameReference(value, wanted);
    return operator === "<>" ? !same : same;
  }
  const left = ordinal(value);
  const right = comparable(declared, literal);
  if (right === undefined) return false;
  const order = left === right ? 0 : left < right ? -1 : 1;
  return { "=": order === 0, "<>": order !== 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0, ISA: false }[operator];
}

function ordinal(value: Exclude<Value, undefined>): string | number {
  if (typeof value === "string") return value.toLowerCase();
  if (value instanceof Date) return value.getTime();
  return Number(value);
}

/** The literal as something that can be compared with the property's values; undefined where its type does not fit. */
function comparable(declared: Property, literal: Exclude<Literal, null>): string | number | undefined {
  if (declared.ref) return typeof literal === "string" ? literal : undefined;
  switch (declared.type) {
    case "string":
      return typeof literal === "string" ? literal.toLowerCase() : undefined;
    case "boolean":
      if (typeof literal === "boolean") return Number(literal);
      if (typeof literal === "string" && /^(true|false)$/i.test(literal)) return Number(literal.toLowerCase() === "true");
      return literal === 0 || literal === 1 ? literal : undefined;
    case "datetime":
      return typeof literal === "string" ? dmtfTime(literal) : undefined;
    default:
      if (typeof literal === "number") return literal;
      return typeof literal === "string" && /^-?\d+$/.test(literal) ? Number(literal) : undefined;
  }
}

/** 20261128224500.000000+060: local time, and its distance from UTC in minutes. */
function dmtfTime(text: string): number | undefined {
  const form = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-]\d{3})$/.exec(text);
  if (form === null) return undefined;
  const [year, month, day, hour, minute, second, micros, offset] = form.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute - offset, second, micros / 1000);
}

/** LIKE: % any text, _ one character, [a-f] or [^a] one of some. */
function likePattern(pattern: string): RegExp {
  const parts = pattern.match(/\[[^\]]*\]|[\s\S]/g) ?? [];
  const source = parts.map((part) => {
    if (part === "%") return "[\\s\\S]*";
    if (part === "_") return "[\\s\\S]";
    if (part.length > 1) return `[${part.slice(1, -1).replace(/[\\\]]/g, "\\$&")}]`;
    return part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "i");
}
