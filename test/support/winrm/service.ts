import type { Element } from "slimdom";
import { type Answer, answered, escapeXml, identified, refused } from "./answer";
import type { Received } from "./command";
import { Fault } from "./faults";
import type { WinrmOptions } from "./options";
import { programFor } from "./program";
import { child, children, milliseconds, textOf, type WsmanRequest } from "./request";
import type { Shell } from "./shell";
import type { Shells } from "./shells";
import { CMD_SHELL, commandStates, namespaces, signals } from "./words";

/** Who asks, and how they came in. */
export interface Caller {
  readonly user: string;
  readonly clientAddress: string;
  /** As the client has written it. */
  readonly url: string;
}

const { shell: rsp } = namespaces;
export const MACHINE = "hv01.example";

/** MaxTimeoutms of winrm/config, and what a request gets that names no OperationTimeout. */
const LONGEST_OPERATION_MS = 60_000;

/** Envelope, headers and ends of streams in an answer with output. */
const ENVELOPE_BYTES = 2048;
const SMALLEST_ENVELOPE = 8192;

/** Carries out requests on shells. */
export class Service {
  private underWay = 0;

  constructor(
    private readonly options: WinrmOptions,
    private readonly shells: Shells,
  ) {}

  get maxEnvelopeBytes(): number {
    return this.options.maxEnvelopeBytes ?? 512_000;
  }

  async answer(request: WsmanRequest, caller: Caller): Promise<Answer> {
    this.underWay++;
    try {
      return await this.carryOut(request, caller);
    } catch (error) {
      return refusal(error, request.messageId);
    } finally {
      this.underWay--;
    }
  }

  private async carryOut(request: WsmanRequest, caller: Caller): Promise<Answer> {
    if (request.operation === "Identify") return identified(this.options.productVersion ?? "OS: 10.0.20348 SP: 0.0 Stack: 3.0");
    const { operationsPerUser = Number.POSITIVE_INFINITY } = this.shells.quotas;
    if (this.underWay > operationsPerUser) throw new Fault("tooManyOperations");
    if (request.resourceUri !== CMD_SHELL) throw new Fault("unknownResource");
    if ((request.maxEnvelopeSize ?? SMALLEST_ENVELOPE) < SMALLEST_ENVELOPE) throw new Fault("envelopeTooSmall");
    if (request.operation === "Create") return this.create(request, caller);
    const shell = this.shells.find(request.selectors.get("ShellId"), caller.user);
    if (request.operation === "Delete") {
      await this.shells.close(shell);
      return answered(request, "");
    }
    return shell.use(() => this.useShell(request, shell));
  }

  private useShell(request: WsmanRequest, shell: Shell): Promise<Answer> {
    switch (request.operation) {
      case "Command":
        return this.command(request, shell);
      case "Send":
        return this.send(request, shell);
      case "Receive":
        return this.receive(request, shell);
      default:
        return this.signal(request, shell);
    }
  }

  private create(request: WsmanRequest, caller: Caller): Answer {
    const wanted = need(request.body, "Shell");
    const idle = textOf(child(wanted, rsp, "IdleTimeOut")) ?? textOf(child(wanted, rsp, "IdleTimeout"));
    const variables = child(wanted, rsp, "Environment");
    const shell = this.shells.create(caller.user, caller.clientAddress, {
      idleTimeoutMs: idle === undefined ? undefined : milliseconds(idle),
      environment: Object.fromEntries(
        (variables === undefined ? [] : children(variables)).map((one) => [one.getAttribute("Name") ?? "", one.textContent ?? ""]),
      ),
      folder: textOf(child(wanted, rsp, "WorkingDirectory")),
    });
    const { owner, clientAddress, idleTimeoutMs } = shell.settings;
    const streams = (name: string) => `<rsp:${name}>${escapeXml(textOf(child(wanted, rsp, name)) ?? "")}</rsp:${name}>`;
    const created =
      `<x:ResourceCreated><a:Address>${escapeXml(caller.url)}</a:Address><a:ReferenceParameters>` +
      `<w:ResourceURI>${CMD_SHELL}</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">${shell.id}</w:Selector></w:SelectorSet>` +
      "</a:ReferenceParameters></x:ResourceCreated>";
    const described =
      `<rsp:Shell xmlns:rsp="${rsp}"><rsp:ShellId>${shell.id}</rsp:ShellId><rsp:ResourceUri>${CMD_SHELL}</rsp:ResourceUri>` +
      `<rsp:Owner>${escapeXml(owner)}</rsp:Owner><rsp:ClientIP>${clientAddress}</rsp:ClientIP>` +
      `<rsp:IdleTimeOut>PT${(idleTimeoutMs / 1000).toFixed(3)}S</rsp:IdleTimeOut>${streams("InputStreams")}${streams("OutputStreams")}` +
      "<rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity></rsp:Shell>";
    return answered(request, created + described);
  }

  private async command(request: WsmanRequest, shell: Shell): Promise<Answer> {
    const line = need(request.body, "CommandLine");
    const command = (textOf(child(line, rsp, "Command")) ?? "").replace(/^"(.*)"$/s, "$1");
    const words = children(line).filter((one) => one.localName === "Arguments");
    const skipsCmdShell = /^(true|1)$/i.test(request.options.get("WINRS_SKIP_CMD_SHELL") ?? "");
    if (this.shells.quotas.isOutOfMemory) throw new Fault("notEnoughMemory");
    const program = programFor(
      command,
      words.map((one) => one.textContent ?? ""),
      skipsCmdShell,
      this.options.powershell,
    );
    const id = shell.start(program, line.getAttribute("CommandId") || undefined);
    return answered(request, `<rsp:CommandResponse><rsp:CommandId>${id}</rsp:CommandId></rsp:CommandResponse>`);
  }

  private async send(request: WsmanRequest, shell: Shell): Promise<Answer> {
    const streams = children(need(request.body, "Send")).filter((one) => one.localName === "Stream");
    if (streams.length === 0) throw new Fault("wrongParameter");
    for (const stream of streams) {
      const command = shell.command(stream.getAttribute("CommandId") ?? "");
      if (stream.getAttribute("Name") !== "stdin") throw new Fault("wrongParameter");
      const isEnd = /^(true|1)$/i.test(stream.getAttribute("End") ?? "");
      await command.send(Buffer.from(stream.textContent ?? "", "base64"), isEnd, timeoutOf(request));
    }
    return answered(request, "<rsp:SendResponse/>");
  }

  private async receive(request: WsmanRequest, shell: Shell): Promise<Answer> {
    const desired = child(need(request.body, "Receive"), rsp, "DesiredStream");
    const id = desired?.getAttribute("CommandId");
    if (desired === undefined || !id) throw new Fault("wrongParameter");
    const wanted = new Set((desired.textContent ?? "").trim().split(/\s+/));
    const room = Math.min(request.maxEnvelopeSize ?? this.maxEnvelopeBytes, this.maxEnvelopeBytes) - ENVELOPE_BYTES;
    const received = await shell.command(id).receive(wanted, timeoutOf(request), room);
    if (received.exitCode !== undefined) shell.forget(id);
    return answered(request, `<rsp:ReceiveResponse>${outputOf(received, id, wanted)}</rsp:ReceiveResponse>`);
  }

  private async signal(request: WsmanRequest, shell: Shell): Promise<Answer> {
    const asked = need(request.body, "Signal");
    const id = asked.getAttribute("CommandId") ?? "";
    const signal = signals.get((textOf(child(asked, rsp, "Code")) ?? "").trim());
    if (signal === undefined) throw new Fault("wrongParameter");
    // After a command's end clients signal it to have it cleaned up, and are answered.
    const command = shell.has(id) ? shell.command(id) : undefined;
    command?.signal(signal);
    if (signal === "terminate") {
      await command?.ended;
      shell.forget(id);
    }
    return answered(request, "<rsp:SignalResponse/>");
  }
}

/** An answer to what could not be carried out. */
export function refusal(error: unknown, messageId: string): Answer {
  if (error instanceof Fault) return refused(error.fault, error.message, messageId, MACHINE);
  throw error;
}

function need(body: Element, name: string): Element {
  const found = child(body, rsp, name);
  if (found === undefined) throw new Fault("unreadable", `It has no ${name}.`);
  return found;
}

function timeoutOf(request: WsmanRequest): number {
  return Math.min(request.operationTimeoutMs ?? LONGEST_OPERATION_MS, LONGEST_OPERATION_MS);
}

function outputOf({ pieces, exitCode }: Received, id: string, wanted: ReadonlySet<string>): string {
  const of = `CommandId="${escapeXml(id)}"`;
  const streams = pieces.map(({ stream, data }) => `<rsp:Stream Name="${stream}" ${of}>${data.toString("base64")}</rsp:Stream>`);
  if (exitCode === undefined) return `${streams.join("")}<rsp:CommandState ${of} State="${commandStates.running}"></rsp:CommandState>`;
  const ends = [...wanted].map((name) => `<rsp:Stream Name="${escapeXml(name)}" ${of} End="true"></rsp:Stream>`);
  const state = `<rsp:CommandState ${of} State="${commandStates.done}"><rsp:ExitCode>${exitCode}</rsp:ExitCode></rsp:CommandState>`;
  return `${streams.join("")}${ends.join("")}${state}`;
}
