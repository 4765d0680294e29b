import type { Method, WmiClass } from "../schema";
import type { Instance, Row } from "../values";
import { bag, document, list, member, number, text } from "./clixml";

/** Instances of one class with the same properties, in the order of the rows. */
export interface Group {
  readonly wmiClass: WmiClass;
  readonly namespace: string;
  readonly properties: readonly string[];
  readonly rows: readonly Row[];
}

export type Answer =
  | { readonly kind: "instances"; readonly groups: readonly Group[] }
  | { readonly kind: "result"; readonly className: string; readonly method: Method; readonly returnValue: number; readonly out: Row }
  | { readonly kind: "class"; readonly wmiClass: WmiClass; readonly namespace: string };

export function grouped(
  instances: readonly Instance[],
  namespace: string,
  classOf: (name: string) => WmiClass,
  properties: (of: WmiClass) => readonly string[],
): Group[] {
  const groups: { wmiClass: WmiClass; namespace: string; properties: readonly string[]; rows: Row[] }[] = [];
  for (const { className, row } of instances) {
    const last = groups.at(-1);
    if (last?.wmiClass.name === className) last.rows.push(row);
    else {
      const wmiClass = classOf(className);
      groups.push({ wmiClass, namespace, properties: properties(wmiClass), rows: [row] });
    }
  }
  return groups;
}

export function written(answer: Answer, computerName: string): string {
  switch (answer.kind) {
    case "instances":
      return document(
        bag([
          list(
            answer.groups.map((group) => groupBag(group, computerName)),
            "groups",
          ),
        ]),
      );
    case "result":
      return document(resultBag(answer, computerName));
    case "class":
      return document(classBag(answer.wmiClass, answer.namespace, computerName));
  }
}

function groupBag({ wmiClass, namespace, properties, rows }: Group, computerName: string): string {
  const declared = properties.flatMap((name) => wmiClass.property(name) ?? []);
  // Where no row has a value there is nothing to make an array of.
  const used = declared.filter((one) => rows.some((row) => row[one.name] !== undefined));
  const arrays = used.filter((one) => one.array).flatMap((one) => [text(one.name), text(one.type)]);
  const references = used.filter((one) => one.ref).map((one) => text(one.name));
  return bag([
    text(wmiClass.name, "class"),
    text(namespace, "namespace"),
    text(computerName, "server"),
    list(
      wmiClass.keys.map((key) => text(key)),
      "keys",
    ),
    list(arrays, "arrays"),
    list(references, "references"),
    list(
      rows.map((row) => bag(declared.map((one) => member(one, row[one.name])))),
      "rows",
    ),
  ]);
}

function resultBag({ className, method, returnValue, out }: Extract<Answer, { kind: "result" }>, computerName: string): string {
  const outs = method.parameters.filter((one) => one.direction !== "in");
  return bag([
    text(className, "class"),
    text(method.name, "method"),
    text(computerName, "server"),
    list(
      outs.filter((one) => one.array && !one.ref).flatMap((one) => [text(one.name), text(one.type)]),
      "arrays",
    ),
    list(
      outs.filter((one) => one.ref).map((one) => text(one.name)),
      "references",
    ),
    bag([number("uint32", returnValue, "ReturnValue"), ...outs.map((one) => member(one, out[one.name]))], "result"),
  ]);
}

function classBag(wmiClass: WmiClass, namespace: string, computerName: string): string {
  const properties = wmiClass.properties.map((one) =>
    bag([text(one.name, "Name"), text(cimType(one.type, one.array, one.ref), "CimType"), text(flags(one), "Flags")]),
  );
  const methods = wmiClass.methods.map((one) =>
    bag([
      text(one.name, "Name"),
      text("UInt32", "ReturnType"),
      list(
        one.parameters.map((parameter) =>
          bag([
            text(parameter.name, "Name"),
            text(cimType(parameter.type, parameter.array, parameter.ref), "CimType"),
            text(parameter.direction, "Direction"),
          ]),
        ),
        "Parameters",
      ),
    ]),
  );
  return bag([
    text(wmiClass.name, "class"),
    text(wmiClass.superclass?.name ?? "", "superclass"),
    text(namespace, "namespace"),
    text(computerName, "server"),
    list(
      wmiClass.keys.map((key) => text(key)),
      "keys",
    ),
    list(properties, "properties"),
    list(methods, "methods"),
  ]);
}

function flags({ key, write }: { readonly key: boolean; readonly write: boolean }): string {
  return ["Property", key ? "Key" : "", write ? "" : "ReadOnly"].filter(Boolean).join(", ");
}

/** "UInt16", "StringArray", as Microsoft.Management.Infrastructure.CimType spells them. */
function cimType(type: string, array: boolean, ref: boolean): string {
  const names: Record<string, string> = { datetime: "DateTime", boolean: "Boolean", string: "String" };
  const plain = ref ? "Reference" : (names[type] ?? type.replace(/^([us])int/, (_, sign: string) => (sign === "u" ? "UInt" : "SInt")));
  return array ? `${plain}Array` : plain;
}
