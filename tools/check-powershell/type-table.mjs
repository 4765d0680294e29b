import { readFileSync } from "node:fs";
import { readParameterList } from "./parameter-lists.mjs";

/**
 * A type as far as it is known; `element` is what enumerating it gives.
 * @typedef {{ full: string, element?: Type }} Type
 *
 * @typedef {"static methods" | "methods" | "static properties" | "properties"} MemberKind
 * @typedef {{ methods: Map<string, import("./parameter-lists.mjs").Overload[]>, properties: Map<string, string> }} Members
 * @typedef {{ full: string, kind: string, base?: string, bases: string[], values?: Set<string>, constructors?: import("./parameter-lists.mjs").Overload[], instance: Members, static: Members }} Entry
 */

const { types, accelerators } = JSON.parse(readFileSync(new URL("tables/types.json", import.meta.url), "utf8"));
const lower = (/** @type {string} */ text) => text.toLowerCase();

const fullNames = new Map(Object.keys(types).map((full) => [lower(full), full]));
const targets = new Map(Object.entries(accelerators).map(([name, full]) => [lower(name), full]));
/** @type {Map<string, Entry>} */
const entries = new Map();
const shortNames = new Map();
const derived = new Map();
for (const [full, { base }] of Object.entries(types)) {
  const [outer, ...nested] = full.replaceAll(/`\d+/g, "").split("+");
  const short = [outer.slice(outer.lastIndexOf(".") + 1), ...nested].join("+");
  shortNames.set(short, shortNames.has(short) ? undefined : full); // a short name that two types share says nothing
  if (base !== undefined) derived.set(base, [...(derived.get(base) ?? []), full]);
}

const implicitBase = { struct: "System.ValueType", enum: "System.Enum", delegate: "System.MulticastDelegate" };

/**
 * @param {string} full
 * @returns {Entry | undefined}
 */
export function typeEntry(full) {
  if (types[full] === undefined) return undefined;
  if (!entries.has(full)) entries.set(full, readEntry(full, types[full]));
  return entries.get(full);
}

function readEntry(full, row) {
  const base = row.base ?? implicitBase[row.kind] ?? (full === "System.Object" || row.kind === "interface" ? undefined : "System.Object");
  const entry = {
    full,
    kind: row.kind,
    base,
    bases: row.bases ?? [],
    constructors: row.new?.map(readParameterList),
    values: row.values && new Set(row.values.map(lower)),
    instance: readMembers(row.methods, [...(row.properties ?? []), ...(row.fields ?? [])]),
    static: readMembers(row["static methods"], [...(row["static properties"] ?? []), ...(row["static fields"] ?? [])]),
  };
  for (const event of row.events ?? []) {
    for (const accessor of ["add_", "remove_"]) entry.instance.methods.set(lower(accessor + event), [readParameterList("Delegate:Void")]);
  }
  if (row.invoke !== undefined) {
    entry.instance.methods.set("invoke", [readParameterList(row.invoke)]);
    entry.constructors = [readParameterList("ScriptBlock,IntPtr=")];
  }
  return entry;
}

function readMembers(methods = {}, properties = []) {
  /** @returns {[string, string]} */
  const readProperty = (text) => {
    const colon = text.lastIndexOf(":");
    return [lower(text.slice(0, colon).replace(/(\[.*\])?=?$/, "")), text.slice(colon + 1)];
  };
  return {
    methods: new Map(Object.entries(methods).map(([name, lists]) => [lower(name), lists.map(readParameterList)])),
    properties: new Map(properties.map(readProperty)),
  };
}

/** The type and everything it inherits from. @param {string} full @returns {Entry[]} */
export function lineage(full) {
  const entry = typeEntry(full);
  if (entry === undefined) return [];
  const above = [...(entry.base === undefined ? [] : [entry.base]), ...entry.bases];
  return [entry, ...above.flatMap(lineage)];
}

/** The type and everything that inherits from it: what a value of that type may really be. @param {string} full @returns {string[]} */
export function descendants(full) {
  return [full, ...(derived.get(full) ?? []).flatMap(descendants)];
}

/**
 * @param {string} full
 * @param {"static" | "instance"} side
 * @param {string} name
 */
export function methodsOf(full, side, name) {
  const found = lineage(full).flatMap((entry) => entry[side].methods.get(lower(name)) ?? []);
  const isInterface = side === "instance" && typeEntry(full)?.kind === "interface";
  return isInterface && found.length === 0 ? (typeEntry("System.Object")?.instance.methods.get(lower(name)) ?? []) : found;
}

/**
 * The short type name of a property or field.
 * @param {string} full
 * @param {"static" | "instance"} side
 * @param {string} name
 * @returns {string | undefined}
 */
export function propertyOf(full, side, name) {
  return lineage(full)
    .map((entry) => entry[side].properties.get(lower(name)))
    .find((type) => type !== undefined);
}

/** @type {Map<string, import("./parameter-lists.mjs").Overload[]>} */
const methodIndex = new Map();
for (const [name, overloads] of Object.keys(types).flatMap((full) => [...(typeEntry(full)?.instance.methods ?? [])])) {
  methodIndex.set(name, [...(methodIndex.get(name) ?? []), ...overloads]);
}

/** Every instance method of the table by that name, whatever the type. @param {string} name */
export function methodsByName(name) {
  return methodIndex.get(lower(name)) ?? [];
}

/**
 * What a name in square brackets stands for; undefined where 5.1 has no such type. An accelerator may be given, or a full name with or
 * without "System.".
 * @param {any} typeName  as the parser read it
 * @param {{ isAttribute?: boolean }} [options]
 * @returns {Type | undefined}
 */
export function resolveTypeName(typeName, { isAttribute = false } = {}) {
  if (typeName.element !== undefined) {
    const element = resolveTypeName(typeName.element);
    return element && { full: "System.Array", element };
  }
  if (typeName.generic !== undefined) {
    const generics = typeName.arguments.map((argument) => resolveTypeName(argument));
    const full = lookUp(`${typeName.generic}\`${generics.length}`);
    if (full === undefined || generics.includes(undefined)) return undefined;
    return generics.length === 1 ? { full, element: generics[0] } : { full };
  }
  const full =
    targets.get(lower(typeName.name)) ?? (isAttribute ? lookUp(`${typeName.name}Attribute`) : undefined) ?? lookUp(typeName.name);
  return full === undefined ? undefined : { full };
}

function lookUp(name) {
  return fullNames.get(lower(name)) ?? fullNames.get(lower(`System.${name}`));
}

/**
 * The type that a short name of the table stands for, as far as it tells anything.
 * @param {string} short
 * @returns {Type | undefined}
 */
export function typeOfShortName(short) {
  if (short.endsWith("[]")) {
    const element = typeOfShortName(short.slice(0, -2));
    return element ? { full: "System.Array", element } : { full: "System.Array" };
  }
  const [, generic, argument] = /^([\w+]+)<([^<>,]+)>$/.exec(short) ?? [];
  if (generic !== undefined) {
    const full = generic === "IEnumerable" ? "System.Array" : shortNames.get(generic);
    const element = typeOfShortName(argument);
    return full && (element ? { full, element } : { full });
  }
  const full = shortNames.get(short);
  const saysNothing =
    full === undefined || full === "System.Object" || full === "System.Management.Automation.PSObject" || full === "System.Void";
  return saysNothing || typeEntry(full)?.kind === "interface" ? undefined : { full };
}
