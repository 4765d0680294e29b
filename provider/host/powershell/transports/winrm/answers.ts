import { actions, commandStates, namespaces, type ShellAction } from "./vocabulary";
import { childOf, childrenOf, type Element, parsedXml, requiredChild } from "./xml";

/** What the service refused, by its number. */
export interface WsmanFault {
  /** Number of the fault, of WS-Management or of Windows; 0 where the service named none. */
  readonly code: number;
  /** Local name of SOAP's subcode ("TimedOut"); empty without one. */
  readonly subcode: string;
  /** For a person, in the service's language. */
  readonly reason: string;
}

export type Answer = { readonly body: Element } | { readonly fault: WsmanFault };

/** What one Receive has brought, in the order in which the program wrote it. */
export interface Output {
  readonly pieces: readonly { readonly stream: "stdout" | "stderr"; readonly data: Buffer; readonly ends: boolean }[];
  /** The program has ended. */
  readonly isDone: boolean;
  readonly exitCode: number | undefined;
}

const { envelope, addressing, management, shell, fault: faults, identity } = namespaces;

/**
 * The body of the answer to one request, or the fault in its place. Throws a SyntaxError for anything else: another message's answer, half
 * an answer, no envelope.
 */
export function answerTo(action: ShellAction, messageId: string, document: string): Answer {
  const root = rootOf(document);
  const header = childOf(root, envelope, "Header");
  const body = requiredChild(root, envelope, "Body");
  const said = (name: string) => header && childOf(header, addressing, name)?.text.trim();
  const relatesTo = said("RelatesTo");
  const fault = childOf(body, envelope, "Fault");
  // What refuses a message before it has been read cannot name it.
  if (fault === undefined || relatesTo !== undefined) requireSame("RelatesTo", relatesTo, `uuid:${messageId}`);
  if (fault !== undefined) return { fault: faultOf(fault) };
  requireSame("Action", said("Action"), `${actions[action]}Response`);
  return { body };
}

/** Of an answer to Create. */
export function shellIdOf(body: Element): string {
  const said = childOf(body, shell, "Shell");
  const own = said && childOf(said, shell, "ShellId")?.text.trim();
  const created = body.children.find(({ name }) => name === "ResourceCreated");
  const selected = created && selectorOf(created);
  const id = selected ?? own;
  if (id === undefined || !isId(id)) throw new SyntaxError("ShellId is missing");
  if (own !== undefined && own !== id) throw new SyntaxError("ShellId is there twice, with different values");
  return id;
}

/** Of an answer to Command. */
export function commandIdOf(body: Element): string {
  const id = requiredChild(requiredChild(body, shell, "CommandResponse"), shell, "CommandId").text.trim();
  if (!isId(id)) throw new SyntaxError("CommandId is missing");
  return id;
}

/** Of an answer to Send or Signal: it holds nothing, and must be of that kind. */
export function requireResponse(body: Element, name: "SendResponse" | "SignalResponse"): void {
  requiredChild(body, shell, name);
}

/** Of an answer to Receive. */
export function outputOf(body: Element, commandId: string): Output {
  const response = requiredChild(body, shell, "ReceiveResponse");
  const pieces = childrenOf(response, shell, "Stream").map((stream) => {
    const name = stream.attributes.get("Name");
    if (name !== "stdout" && name !== "stderr") throw new SyntaxError(`there is no stream ${name ?? "without a name"}`);
    requireCommand(stream, commandId);
    return { stream: name, data: bytesOf(stream), ends: booleanOf(stream, "End") } as const;
  });
  const state = childOf(response, shell, "CommandState");
  if (state === undefined) return { pieces, isDone: false, exitCode: undefined };
  requireCommand(state, commandId);
  const named = state.attributes.get("State");
  if (!Object.values<unknown>(commandStates).includes(named)) throw new SyntaxError("the command has a state that there is none of");
  const exitCode = childOf(state, shell, "ExitCode")?.text.trim();
  if (exitCode !== undefined && !/^-?\d{1,10}$/.test(exitCode)) throw new SyntaxError("ExitCode is no number");
  return { pieces, isDone: named === commandStates.done, exitCode: exitCode === undefined ? undefined : Number(exitCode) };
}

/** The version of the service's stack ("3.0"), from an answer to Identify; undefined where it tells none. */
export function stackVersionOf(document: string): string | undefined {
  const body = requiredChild(rootOf(document), envelope, "Body");
  const said = childOf(body, identity, "IdentifyResponse");
  return /Stack: (\d+\.\d+)/.exec((said && childOf(said, identity, "ProductVersion")?.text) ?? "")?.[1];
}

function rootOf(document: string): Element {
  const root = parsedXml(document);
  if (root.name !== "Envelope" || root.namespace !== envelope) throw new SyntaxError("it is no envelope of SOAP 1.2");
  return root;
}

function faultOf(fault: Element): WsmanFault {
  const code = childOf(fault, envelope, "Code");
  const subcode = code && childOf(code, envelope, "Subcode");
  const reason = childOf(fault, envelope, "Reason");
  const detail = childOf(fault, envelope, "Detail");
  const wsman = detail && childOf(detail, faults, "WSManFault");
  const number = wsman?.attributes.get("Code") ?? "0";
  if (!/^\d{1,10}$/.test(number)) throw new SyntaxError("the fault's code is no number");
  const message = wsman && childOf(wsman, faults, "Message");
  const said = [message && allTextOf(message), reason && allTextOf(reason)].map((text) => (text ?? "").replace(/\s+/g, " ").trim());
  return {
    code: Number(number),
    subcode: (subcode && childOf(subcode, envelope, "Value")?.text.trim().replace(/^.*:/, "")) ?? "",
    reason: said.find((text) => text !== "") ?? "",
  };
}

function allTextOf(element: Element): string {
  return [element.text, ...element.children.map(allTextOf)].join(" ");
}

function selectorOf(created: Element): string | undefined {
  const parameters = childOf(created, addressing, "ReferenceParameters");
  const set = parameters && childOf(parameters, management, "SelectorSet");
  const ids = set ? childrenOf(set, management, "Selector").filter(({ attributes }) => attributes.get("Name") === "ShellId") : [];
  return ids.length === 1 ? ids[0]?.text.trim() : undefined;
}

/** A GUID, or what another service than Windows' takes for one. */
function isId(text: string): boolean {
  return /^[\w:.{}-]{1,128}$/.test(text);
}

function requireCommand(element: Element, commandId: string): void {
  const said = element.attributes.get("CommandId");
  if (said !== undefined) requireSame("CommandId", said, commandId);
}

function requireSame(name: string, found: string | undefined, expected: string): void {
  if (found?.toLowerCase() !== expected.toLowerCase()) throw new SyntaxError(`${name} is of another message`);
}

function booleanOf(element: Element, name: string): boolean {
  const text = element.attributes.get(name)?.toLowerCase() ?? "false";
  if (!["true", "false", "1", "0"].includes(text)) throw new SyntaxError(`${name} is neither true nor false`);
  return text === "true" || text === "1";
}

/** Node's decoder passes over what is no base64, and would make something else of a damaged text. */
function bytesOf(stream: Element): Buffer {
  const text = stream.text.replace(/\s+/g, "");
  if (stream.children.length > 0 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new SyntaxError("a stream holds something else than base64");
  }
  return Buffer.from(text, "base64");
}
