import { type Element, parseXmlDocument } from "slimdom";
import { Fault } from "./faults";
import { namespaces, type Operation, operations } from "./words";

/** A request as the server understands it. */
export interface WsmanRequest {
  readonly operation: Operation;
  readonly action: string;
  readonly messageId: string;
  readonly resourceUri: string;
  readonly selectors: ReadonlyMap<string, string>;
  /** By name in capitals, since Windows does not tell them apart by case. */
  readonly options: ReadonlyMap<string, string>;
  readonly operationTimeoutMs: number | undefined;
  /** What the client takes at most, in bytes. */
  readonly maxEnvelopeSize: number | undefined;
  readonly body: Element;
}

const { soap, addressing, wsman, microsoft, identify } = namespaces;

/** Headers that a Windows server understands; another one that has to be understood is a fault. */
const understood = new Set([
  ...["To", "Action", "MessageID", "ReplyTo", "FaultTo", "From", "RelatesTo"].map((name) => `${addressing} ${name}`),
  ...["ResourceURI", "SelectorSet", "OptionSet", "OperationTimeout", "MaxEnvelopeSize", "Locale"].map((name) => `${wsman} ${name}`),
  ...["DataLocale", "SessionId", "OperationID", "SequenceId", "ActivityId", "CompressionType"].map((name) => `${microsoft} ${name}`),
  `${namespaces.shell} CompressionType`,
]);

export function readRequest(text: string): WsmanRequest {
  const envelope = parse(text);
  const header = child(envelope, soap, "Header");
  const body = child(envelope, soap, "Body");
  if (body === undefined) throw new Fault("unreadable", "It has no Body.");
  if (child(body, identify, "Identify")) return identifyRequest(body);
  if (header === undefined) throw new Fault("headerMissing");
  for (const one of children(header)) {
    if (one.getAttributeNS(soap, "mustUnderstand") !== "true" || understood.has(`${one.namespaceURI} ${one.localName}`)) continue;
    throw new Fault("notUnderstood", `It is ${one.localName}.`);
  }
  const required = (namespace: string, name: string): string => {
    const value = textOf(child(header, namespace, name));
    if (value === undefined || value === "") throw new Fault("headerMissing", `It is ${name}.`);
    return value;
  };
  required(addressing, "To");
  if (child(header, addressing, "ReplyTo") === undefined) throw new Fault("headerMissing", "It is ReplyTo.");
  const action = required(addressing, "Action");
  const operation = operations.get(action);
  if (operation === undefined) throw new Fault("unknownAction", action);
  const timeout = textOf(child(header, wsman, "OperationTimeout"));
  const size = textOf(child(header, wsman, "MaxEnvelopeSize"));
  return {
    operation,
    action,
    messageId: required(addressing, "MessageID"),
    resourceUri: required(wsman, "ResourceURI"),
    selectors: named(child(header, wsman, "SelectorSet"), "Selector"),
    options: new Map([...named(child(header, wsman, "OptionSet"), "Option")].map(([name, value]) => [name.toUpperCase(), value])),
    operationTimeoutMs: timeout === undefined ? undefined : milliseconds(timeout),
    maxEnvelopeSize: size === undefined ? undefined : Number(size),
    body,
  };
}

/** Milliseconds of a duration as XML Schema writes it; months and years are no spans of a shell. */
export function milliseconds(duration: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(duration.trim());
  if (parts === null) throw new Fault("unreadable", `${duration} is no duration.`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
}

export function child(parent: Element, namespace: string, name: string): Element | undefined {
  return children(parent).find((one) => one.namespaceURI === namespace && one.localName === name);
}

export function children(parent: Element): readonly Element[] {
  return parent.children;
}

export function textOf(element: Element | undefined): string | undefined {
  return element?.textContent ?? undefined;
}

function parse(text: string): Element {
  try {
    const { documentElement } = parseXmlDocument(text);
    if (documentElement?.namespaceURI === soap && documentElement.localName === "Envelope") return documentElement;
  } catch (error) {
    throw new Fault("unreadable", String(error));
  }
  throw new Fault("unreadable", "It is no Envelope.");
}

function named(set: Element | undefined, name: string): Map<string, string> {
  const members = set === undefined ? [] : children(set).filter((one) => one.namespaceURI === wsman && one.localName === name);
  return new Map(members.map((one) => [one.getAttribute("Name") ?? "", one.textContent ?? ""]));
}

function identifyRequest(body: Element): WsmanRequest {
  return {
    operation: "Identify",
    action: "",
    messageId: "",
    resourceUri: "",
    selectors: new Map(),
    options: new Map(),
    operationTimeoutMs: undefined,
    maxEnvelopeSize: undefined,
    body,
  };
}
