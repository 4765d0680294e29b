import { SaxesParser } from "saxes";
import type { WmiClass } from "../schema";
import type { Scalar, Value } from "../values";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

export type EmbeddedInstance =
  | { readonly ok: true; readonly row: Readonly<Record<string, Value>> }
  | { readonly ok: false; readonly why: string };

/** Reads the text of an embedded instance in WMI's DTD 2.0 and holds it against the class: names, types, arrays as arrays. */
export function readEmbeddedInstance(source: string, wmiClass: WmiClass): EmbeddedInstance {
  const refused = (why: string): EmbeddedInstance => ({ ok: false, why });
  let root: Element | undefined;
  try {
    root = parsed(source);
  } catch (error) {
    return refused(`not well-formed XML: ${(error as Error).message}`);
  }
  if (root?.name !== "INSTANCE") return refused(`the root is ${root?.name ?? "missing"}, not INSTANCE`);
  if (root.attributes.CLASSNAME?.toLowerCase() !== wmiClass.name.toLowerCase()) return refused(`CLASSNAME is ${root.attributes.CLASSNAME}`);
  const row: Record<string, Value> = {};
  for (const element of root.children) {
    if (element.name === "QUALIFIER") continue;
    const array = element.name === "PROPERTY.ARRAY";
    if (!array && element.name !== "PROPERTY") return refused(`${element.name} in INSTANCE`);
    const name = element.attributes.NAME ?? "";
    const declared = wmiClass.property(name);
    if (declared === undefined) return refused(`${wmiClass.name} has no property ${name}`);
    if (declared.array !== array) return refused(`${name} is written as ${element.name}`);
    if (element.attributes.TYPE !== declared.type) return refused(`${name} has TYPE ${element.attributes.TYPE}, not ${declared.type}`);
    const content = element.children.filter((one) => one.name !== "QUALIFIER");
    if (content.length === 0) continue; // null
    const [value, ...more] = content;
    if (more.length > 0 || value?.name !== (array ? "VALUE.ARRAY" : "VALUE"))
      return refused(`${name} holds ${content.map((one) => one.name)}`);
    if (array && value.children.some((one) => one.name !== "VALUE")) return refused(`${name} holds more than VALUE`);
    row[declared.name] = array ? value.children.map((one) => scalar(one.text, declared.type)) : scalar(value.text, declared.type);
  }
  return { ok: true, row };
}

function scalar(text: string, type: string): Scalar {
  if (type === "boolean") return text.trim().toLowerCase() === "true";
  return type === "string" || type === "datetime" ? text : Number(text);
}

function parsed(source: string): Element | undefined {
  const parser = new SaxesParser();
  const open: Element[] = [];
  let root: Element | undefined;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes: { ...attributes }, children: [], text: "" };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    open.pop();
  });
  parser.write(source).close();
  return root;
}
