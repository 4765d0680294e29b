import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { type Element, parseXmlDocument } from "slimdom";
import { defaultUser } from "./options";
import type { Winrm } from "./server";
import { CMD_SHELL, namespaces } from "./words";

const { addressing, transfer, wsman, shell: rsp, fault, microsoft } = namespaces;

export interface PlainAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly envelope: string;
  /** Code of the WSManFault; undefined where there is none. */
  readonly faultCode: number | undefined;
  /** Text of the first element of this name in the shell's namespace. */
  text(name: string): string | undefined;
  /** Output of a Receive. */
  output(stream: string): string;
}

export interface PlainRequest {
  readonly operation: string;
  readonly shellId?: string | undefined;
  readonly options?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: string;
  readonly timeout?: string;
  readonly resourceUri?: string;
  readonly maxEnvelopeSize?: number;
}

/** One request at a time in the plainest form, for what kept clients do not ask for: wrong identifiers, broken envelopes, limits. */
export class PlainClient {
  private readonly agent: https.Agent;

  constructor(
    private readonly server: Winrm,
    private readonly login: http.OutgoingHttpHeaders = basic(defaultUser.userName, defaultUser.password),
    tls: https.AgentOptions = {},
  ) {
    const { certificates } = server;
    const ca = certificates && { ca: fs.readFileSync(certificates.caFile) };
    this.agent = new (certificates ? https : http).Agent({ keepAlive: true, ...ca, ...tls }) as https.Agent;
  }

  ask(request: PlainRequest): Promise<PlainAnswer> {
    return this.post(envelopeOf(this.server.url, request));
  }

  post(envelope: string | Buffer, path = "/wsman"): Promise<PlainAnswer> {
    const { url, certificates } = this.server;
    const headers = { "Content-Type": "application/soap+xml;charset=UTF-8", "Content-Length": Buffer.byteLength(envelope), ...this.login };
    return new Promise((resolve, reject) => {
      const options = { method: "POST", headers, agent: this.agent };
      const request = (certificates ? https : http).request(new URL(path, url), options, (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.once("error", reject);
        response.once("end", () => {
          try {
            resolve(answerOf(response, Buffer.concat(pieces).toString("utf8")));
          } catch (error) {
            reject(error);
          }
        });
      });
      request.once("error", reject);
      request.end(envelope);
    });
  }

  async createShell(settings = ""): Promise<string> {
    const streams = "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>";
    const answer = await this.ask({ operation: "Create", body: `<rsp:Shell>${settings}${streams}</rsp:Shell>` });
    return answer.text("ShellId") ?? "";
  }

  /** @param command  a line of a shell */
  run(shellId: string, command: string, options: Readonly<Record<string, string>> = {}): Promise<PlainAnswer> {
    const line = command.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    return this.ask({
      operation: "Command",
      shellId,
      options,
      body: `<rsp:CommandLine><rsp:Command>${line}</rsp:Command></rsp:CommandLine>`,
    });
  }

  receive(shellId: string, commandId: string, more: Partial<PlainRequest> = {}): Promise<PlainAnswer> {
    const body = `<rsp:Receive><rsp:DesiredStream CommandId="${commandId}">stdout stderr</rsp:DesiredStream></rsp:Receive>`;
    return this.ask({ operation: "Receive", shellId, body, ...more });
  }

  send(shellId: string, commandId: string, data: string, isEnd = false): Promise<PlainAnswer> {
    const text = Buffer.from(data).toString("base64");
    const stream = `<rsp:Stream Name="stdin" CommandId="${commandId}" End="${isEnd}">${text}</rsp:Stream>`;
    return this.ask({ operation: "Send", shellId, body: `<rsp:Send>${stream}</rsp:Send>` });
  }

  signal(shellId: string, commandId: string, signal: string): Promise<PlainAnswer> {
    const code = `<rsp:Code>${rsp}/signal/${signal}</rsp:Code>`;
    return this.ask({ operation: "Signal", shellId, body: `<rsp:Signal CommandId="${commandId}">${code}</rsp:Signal>` });
  }

  close(): void {
    this.agent.destroy();
  }
}

export function basic(userName: string, password: string): http.OutgoingHttpHeaders {
  return { Authorization: `Basic ${Buffer.from(`${userName}:${password}`).toString("base64")}` };
}

export function envelopeOf(url: string, request: PlainRequest): string {
  const { operation, shellId, options = {}, body = "", headers = "", timeout = "PT20S", maxEnvelopeSize = 153_600 } = request;
  const action = `${["Create", "Delete"].includes(operation) ? transfer : rsp}/${operation}`;
  const selectors = shellId && `<w:SelectorSet><w:Selector Name="ShellId">${shellId}</w:Selector></w:SelectorSet>`;
  const set = Object.entries(options).map(([name, value]) => `<w:Option Name="${name}">${value}</w:Option>`);
  return (
    `<s:Envelope xmlns:s="${namespaces.soap}" xmlns:a="${addressing}" xmlns:w="${wsman}" xmlns:p="${microsoft}" xmlns:rsp="${rsp}"><s:Header>` +
    `<a:To>${url}</a:To><a:ReplyTo><a:Address s:mustUnderstand="true">${addressing}/role/anonymous</a:Address></a:ReplyTo>` +
    `<a:Action s:mustUnderstand="true">${action}</a:Action><a:MessageID>uuid:${randomUUID()}</a:MessageID>` +
    `<w:ResourceURI s:mustUnderstand="true">${request.resourceUri ?? CMD_SHELL}</w:ResourceURI>${selectors ?? ""}` +
    `<w:MaxEnvelopeSize s:mustUnderstand="true">${maxEnvelopeSize}</w:MaxEnvelopeSize><w:OperationTimeout>${timeout}</w:OperationTimeout>` +
    `${set.length > 0 ? `<w:OptionSet>${set.join("")}</w:OptionSet>` : ""}${headers}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}

function answerOf(response: http.IncomingMessage, envelope: string): PlainAnswer {
  const document = envelope === "" ? undefined : parseXmlDocument(envelope);
  const all = (namespace: string, name: string): Element[] => document?.getElementsByTagNameNS(namespace, name) ?? [];
  const code = all(fault, "WSManFault")[0]?.getAttribute("Code");
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    envelope,
    faultCode: code ? Number(code) : undefined,
    text: (name) => all(rsp, name)[0]?.textContent ?? undefined,
    output: (stream) => {
      const pieces = all(rsp, "Stream").filter((one) => one.getAttribute("Name") === stream);
      return Buffer.concat(pieces.map((one) => Buffer.from(one.textContent ?? "", "base64"))).toString("utf8");
    },
  };
}
