import { actions, anonymous, commandShell, namespaces, type ShellAction, terminate } from "./vocabulary";

/** What every request of one shell has in common. */
export interface Addressee {
  /** Address of the service, "https://hv01:5986/wsman". */
  readonly url: string;
  /** Of this client's session, the same in all its requests. */
  readonly sessionId: string;
  readonly operationTimeoutMs: number;
}

/** One request: MessageID and how large its answer may be. */
export interface Message extends Addressee {
  readonly messageId: string;
  readonly maxEnvelopeSize: number;
}

/** How long a shell stays that nobody asks for anything. */
export const IDLE_TIMEOUT_S = 180;

const { envelope, addressing, management, microsoft, shell, identity } = namespaces;

export function createEnvelope(message: Message): string {
  const body = [
    "<rsp:Shell>",
    "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>",
    `<rsp:IdleTimeOut>PT${IDLE_TIMEOUT_S}S</rsp:IdleTimeOut>`,
    "</rsp:Shell>",
  ].join("");
  return enveloped(message, "create", {}, body);
}

export function deleteEnvelope(message: Message, shellId: string): string {
  return enveloped(message, "delete", { shellId }, "");
}

/**
 * @param command a program's path; cmd.exe resolves the variables in it
 * @param commandArguments plain words, for cmd.exe reads them
 */
export function commandEnvelope(message: Message, shellId: string, command: string, commandArguments: readonly string[]): string {
  const words = commandArguments.map((argument) => `<rsp:Arguments>${text(argument)}</rsp:Arguments>`).join("");
  const body = `<rsp:CommandLine><rsp:Command>${text(command)}</rsp:Command>${words}</rsp:CommandLine>`;
  // A console would turn Ctrl-Z and line ends into something else. Without cmd.exe, nobody resolves the variables of a path.
  return enveloped(message, "command", { shellId, options: { WINRS_CONSOLEMODE_STDIN: "FALSE", WINRS_SKIP_CMD_SHELL: "FALSE" } }, body);
}

/** @param end whether the program's input ends with it */
export function sendEnvelope(message: Message, shellId: string, commandId: string, data: Buffer, end: boolean): string {
  const attributes = `Name="stdin" CommandId="${text(commandId)}"${end ? ' End="true"' : ""}`;
  const body = `<rsp:Send><rsp:Stream ${attributes}>${data.toString("base64")}</rsp:Stream></rsp:Send>`;
  return enveloped(message, "send", { shellId }, body);
}

export function receiveEnvelope(message: Message, shellId: string, commandId: string): string {
  const body = `<rsp:Receive><rsp:DesiredStream CommandId="${text(commandId)}">stdout stderr</rsp:DesiredStream></rsp:Receive>`;
  return enveloped(message, "receive", { shellId, options: { WSMAN_CMDSHELL_OPTION_KEEPALIVE: "TRUE" } }, body);
}

/** Ends the program, and frees what the shell keeps of it. */
export function terminateEnvelope(message: Message, shellId: string, commandId: string): string {
  const body = `<rsp:Signal CommandId="${text(commandId)}"><rsp:Code>${terminate}</rsp:Code></rsp:Signal>`;
  return enveloped(message, "signal", { shellId }, body);
}

/** Asks the service what it is (DSP0226, section 11). */
export function identifyEnvelope(): string {
  return `<s:Envelope xmlns:s="${envelope}" xmlns:wsmid="${identity}"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>`;
}

interface Headers {
  readonly shellId?: string;
  readonly options?: Readonly<Record<string, string>>;
}

function enveloped(message: Message, action: ShellAction, { shellId, options }: Headers, body: string): string {
  const header = [
    `<wsa:To>${text(message.url)}</wsa:To>`,
    `<wsa:ReplyTo><wsa:Address s:mustUnderstand="true">${anonymous}</wsa:Address></wsa:ReplyTo>`,
    `<wsa:Action s:mustUnderstand="true">${actions[action]}</wsa:Action>`,
    `<wsa:MessageID>uuid:${message.messageId}</wsa:MessageID>`,
    `<w:ResourceURI s:mustUnderstand="true">${commandShell}</w:ResourceURI>`,
    `<w:MaxEnvelopeSize s:mustUnderstand="true">${message.maxEnvelopeSize}</w:MaxEnvelopeSize>`,
    `<w:OperationTimeout>PT${(message.operationTimeoutMs / 1000).toFixed(3)}S</w:OperationTimeout>`,
    `<w:Locale s:mustUnderstand="false" xml:lang="en-US"/>`,
    `<p:DataLocale s:mustUnderstand="false" xml:lang="en-US"/>`,
    `<p:SessionId s:mustUnderstand="false">uuid:${message.sessionId}</p:SessionId>`,
    options === undefined ? "" : `<w:OptionSet s:mustUnderstand="true">${optionsOf(options)}</w:OptionSet>`,
    shellId === undefined ? "" : `<w:SelectorSet><w:Selector Name="ShellId">${text(shellId)}</w:Selector></w:SelectorSet>`,
  ].join("");
  const prefixes = `xmlns:s="${envelope}" xmlns:wsa="${addressing}" xmlns:w="${management}" xmlns:p="${microsoft}" xmlns:rsp="${shell}"`;
  return `<s:Envelope ${prefixes}><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
}

function optionsOf(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `<w:Option Name="${name}">${value}</w:Option>`)
    .join("");
}

function text(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
