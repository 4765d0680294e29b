import type { Property, WmiClass } from "../schema";
import { type Instance, isReference, parsePath, sameReference, type Value } from "../values";
import { WmiError } from "../wmi-error";
import { type Condition, comparisons, type Literal } from "./parse";

export type Test = (instance: Instance) => boolean;
type Comparison = Extract<Condition, { kind: "compare" }>;

/** More comparisons than this in one query meet WMI's quota. What the real limit is depends on the host; a client stays far below. */
const MOST_COMPARISONS = 200;

/** A WHERE clause as a test of instances. A wrong one is refused before any row is looked at, as WMI does. */
export function compiled(condition: Condition, wmiClass: WmiClass): Test {
  const { length } = comparisons(condition);
  if (length > MOST_COMPARISONS) throw new WmiError("quotaViolation", `${length} comparisons in one query`);
  return testOf(condition, wmiClass);
}

function testOf(condition: Condition, wmiClass: WmiClass): Test {
  switch (condition.kind) {
    case "all": {
      const tests = condition.of.map((one) => testOf(one, wmiClass));
      return (instance) => tests.every((test) => test(instance));
    }
    case "any": {
      const tests = condition.of.map((one) => testOf(one, wmiClass));
      return (instance) => tests.some((test) => test(instance));
    }
    case "not": {
      const test = testOf(condition.of, wmiClass);
      return (instance) => !test(instance);
    }
    case "compare":
      return comparisonTest(condition, wmiClass);
  }
}

function comparisonTest(comparison: Comparison, wmiClass: WmiClass): Test {
  const { property, operator, literal } = comparison;
  const refuse = (why: string) =>
    new WmiError("invalidQuery", `${wmiClass.name}.${property} ${operator} ${JSON.stringify(literal)}: ${why}`);
  const negative = operator === "<>";
  if (property.toUpperCase() === "__CLASS") {
    const wanted = String(literal).toLowerCase();
    return ({ className }) => (className.toLowerCase() === wanted) !== negative;
  }
  const [outer = "", inner] = property.split(".");
  const declared = wmiClass.property(outer);
  if (declared === undefined) throw refuse("no such property");
  if (inner !== undefined) {
    if (declared.embedded === undefined || operator !== "=") throw refuse("it holds no object, or is not compared by =");
    const wanted = String(literal).toLowerCase();
    return ({ row }) => innerValue(String(row[declared.name] ?? ""), inner)?.toLowerCase() === wanted;
  }
  if (declared.array) throw refuse("an array cannot be compared");
  const { name } = declared;
  if (literal === null) return ({ row }) => (row[name] === undefined) !== negative;
  if (operator === "LIKE") {
    if (declared.type !== "string" || typeof literal !== "string") throw refuse("LIKE compares texts");
    const pattern = likePattern(literal);
    return ({ row }) => row[name] !== undefined && pattern.test(String(row[name]));
  }
  const right = comparable(declared, literal);
  if (right === undefined || operator === "ISA") throw refuse(`the property is ${declared.type}`);
  if (declared.ref) {
    const wanted = parsePath(String(literal), "");
    if (wanted === undefined) throw refuse("the property is a reference, the value no path");
    return ({ row }) => isReference(row[name]) && sameReference(row[name], wanted) !== negative;
  }
  const holds = ORDERS[operator];
  return ({ row }) => {
    const value = row[name];
    if (value === undefined) return false;
    const left = ordinal(value);
    return holds(left === right ? 0 : left < right ? -1 : 1);
  };
}

/** A property's value in the text of an object. */
function innerValue(text: string, name: string): string | undefined {
  const properties = [...text.matchAll(/<PROPERTY NAME="(\w+)"[^>]*><VALUE>([^<]*)<\/VALUE>/g)];
  return properties.find(([, found]) => found?.toLowerCase() === name.toLowerCase())?.[2];
}

const ORDERS = {
  "=": (order: number) => order === 0,
  "<>": (order: number) => order !== 0,
  "<": (order: number) => order < 0,
  ">": (order: number) => order > 0,
  "<=": (order: number) => order <= 0,
  ">=": (order: number) => order >= 0,
};

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
  const part = (index: number) => Number(form[index]);
  return Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5) - part(8), part(6), part(7) / 1000);
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
