import { SaxesParser } from "saxes";

/** An element with its name resolved, its attributes that are of no namespace, and the text that stands in it directly. */
export interface Element {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
}

/** Deeper than any message of WS-Management. */
const DEEPEST = 32;
/** More elements than fit into an envelope of a shell. */
const MOST_ELEMENTS = 20_000;

interface Open {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

/** Reads one document, without document types and what they declare. Throws a SyntaxError for anything that is not well-formed, or too large. */
export function parsedXml(document: string): Element {
  // Six handlers and no more, so none for errors: with a seventh V8 keeps the parser as a dictionary, and it takes four times as long.
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: Open[] = [];
  let root: Element | undefined;
  let elements = 0;
  const refuse = (why: string) => {
    throw new SyntaxError(why);
  };
  parser.on("doctype", () => refuse("it has a document type"));
  parser.on("processinginstruction", () => refuse("it has a processing instruction"));
  parser.on("opentag", ({ uri, local, attributes }) => {
    if (open.length >= DEEPEST) refuse("its elements are nested too deep");
    if (++elements > MOST_ELEMENTS) refuse("it has too many elements");
    const own = Object.values(attributes).filter(({ uri: namespace }) => namespace === "");
    open.push({ namespace: uri, name: local, attributes: new Map(own.map((one) => [one.local, one.value])), children: [], text: "" });
  });
  const add = (text: string) => {
    const inner = open.at(-1);
    if (inner !== undefined) inner.text += text;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => {
    const closed = open.pop() as Element;
    const outer = open.at(-1);
    if (outer === undefined) root = closed;
    else outer.children.push(closed);
  });
  try {
    parser.write(document).close();
  } catch (error) {
    throw error instanceof SyntaxError ? error : new SyntaxError((error as Error).message);
  }
  if (root === undefined) throw new SyntaxError("it has no element");
  return root;
}

/** The only child of that name. Undefined without one; throws a SyntaxError for several. */
export function childOf(parent: Element, namespace: string, name: string): Element | undefined {
  const found = childrenOf(parent, namespace, name);
  if (found.length > 1) throw new SyntaxError(`${name} is there ${found.length} times`);
  return found[0];
}

export function childrenOf(parent: Element, namespace: string, name: string): Element[] {
  return parent.children.filter((child) => child.name === name && child.namespace === namespace);
}

/** As {@link childOf}; throws a SyntaxError without one. */
export function requiredChild(parent: Element, namespace: string, name: string): Element {
  const found = childOf(parent, namespace, name);
  if (found === undefined) throw new SyntaxError(`${name} is missing`);
  return found;
}
