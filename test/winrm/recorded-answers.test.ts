import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Element, parseXmlDocument } from "slimdom";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { type PlainAnswer, PlainClient } from "../support/winrm/plain-client";
import { children } from "../support/winrm/request";
import { startWinrm, type Winrm } from "../support/winrm/server";

/** One exchange with a real host: see "about" in the file. */
interface Recorded {
  readonly action: string;
  readonly OptionSet?: string;
  readonly requestBody: string;
  readonly status?: number;
  readonly response: string;
}

const file = join(__dirname, "..", "powershell", "winrm-recordings.json");
const { about, ...recordings } = JSON.parse(readFileSync(file, "utf8")) as Record<string, Recorded[]> & { readonly about: string };

const TIMED_OUT = 2150858793;

/** What stands in for the commands of the recordings: there is neither cmd.exe here nor a console for Write-Host. */
const standIns: readonly [RegExp, string][] = [
  [/<rsp:Command>cmd\.exe<\/rsp:Command>.*echo out.*?(?=<\/rsp:CommandLine>)/, command("echo out; echo err >&2; exit 1")],
  [/<rsp:Command>cmd\.exe<\/rsp:Command>.*?(?=<\/rsp:CommandLine>)/, command("echo hi")],
  [/<rsp:Command>powershell\.exe<\/rsp:Command><rsp:Arguments>-<.*?(?=<\/rsp:CommandLine>)/, command("cat")],
  [/<rsp:Command>powershell\.exe<\/rsp:Command>.*Start-Sleep.*?(?=<\/rsp:CommandLine>)/, command("echo hi; sleep 3; echo again")],
  [/<rsp:Command>powershell\.exe<\/rsp:Command>.*こんにちは.*?(?=<\/rsp:CommandLine>)/, command("echo こんにちは")],
];

function command(line: string): string {
  return `<rsp:Command>${line.replaceAll("&", "&amp;").replaceAll(">", "&gt;")}</rsp:Command>`;
}

describeWithWinrm("a WinRM server of the tests, asked what real hosts were asked", () => {
  let server: Winrm;
  let client: PlainClient;

  beforeAll(async () => {
    server = await startWinrm({ powershell: "/bin/echo" });
    client = new PlainClient(server);
  });

  afterAll(async () => {
    client.close();
    await server.close();
  });

  it.each(Object.keys(recordings))("answers in the same form: %s", async (name) => {
    const ids = new Map<string, string>();
    let [theirs, ours] = [new Set<string>(), new Set<string>()];
    for (const recorded of recordings[name] ?? []) {
      let answer = await ask(recorded, ids);
      // A busy machine may have nothing yet where the host had something.
      while (recorded.status === undefined && answer.faultCode === TIMED_OUT) answer = await ask(recorded, ids);
      rememberIds(recorded.response, answer.envelope, ids);
      expect(answer.status).toBe(recorded.status ?? 200);
      // What one Receive brings is a matter of time: together they bring the same.
      if (recorded.action.endsWith("/Receive") && recorded.status === undefined) {
        for (const form of formOf(recorded.response)) theirs.add(form);
        for (const form of formOf(answer.envelope)) ours.add(form);
        if (!recorded.response.includes("CommandState/Done")) continue;
        for (let more = answer; more.text("ExitCode") === undefined; ) {
          more = await ask(recorded, ids);
          if (more.faultCode !== TIMED_OUT) for (const form of formOf(more.envelope)) ours.add(form);
        }
        // A command that still ran when it was asked says so.
        for (const form of ours) if (form.includes("CommandState/Running")) theirs.add(form);
      } else [theirs, ours] = [formOf(recorded.response), formOf(answer.envelope)];
      expect([...ours].sort()).toEqual([...theirs].sort());
      [theirs, ours] = [new Set(), new Set()];
    }
  });

  async function ask(recorded: Recorded, ids: ReadonlyMap<string, string>): Promise<PlainAnswer> {
    const operation = recorded.action.split("/").at(-1) ?? "";
    let body = recorded.requestBody;
    for (const [pattern, standIn] of recorded.OptionSet?.includes(">True</wsman:Option>") ? [] : standIns)
      body = body.replace(pattern, standIn);
    for (const [recordedId, id] of ids) body = body.replaceAll(recordedId, id);
    const options = recorded.OptionSet?.replace(
      "<wsman:OptionSet",
      '<wsman:OptionSet xmlns:wsman="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"',
    );
    const shellId = operation === "Create" ? undefined : [...ids.values()][0];
    return client.ask({ operation, shellId, body, headers: options ?? "", timeout: "PT0.5S" });
  }
});

/** Which identifier here is which one there. */
function rememberIds(theirs: string, ours: string, ids: Map<string, string>): void {
  for (const pattern of [/<rsp:ShellId>([^<]+)/, /<rsp:CommandId>([^<]+)/]) {
    const [from, to] = [pattern.exec(theirs)?.[1], pattern.exec(ours)?.[1]];
    if (from !== undefined && to !== undefined) ids.set(from, to);
  }
}

/** Elements of an envelope by their paths, with the names of their attributes, and with the values that clients decide by. */
function formOf(envelope: string): Set<string> {
  const forms = new Set<string>();
  const walk = (element: Element, above: string) => {
    const attributes = Array.from(element.attributes).filter(({ name }) => !name.startsWith("xmlns"));
    const words = attributes.map(({ name, value }) => (/^(Code|Name|State|End|provider|path)$/.test(name) ? `${name}=${value}` : name));
    const path = `${above}/{${element.namespaceURI}}${element.localName}[${words.sort()}]`;
    const isTold = /^(Action|Value|FaultDetail|ExitCode|ResourceURI|ResourceUri|To|InputStreams|OutputStreams)$/.test(
      element.localName ?? "",
    );
    // Newer hosts give each answer an activity of its own.
    if (element.localName !== "ActivityId") forms.add(isTold ? `${path}=${element.textContent}` : path);
    for (const one of children(element)) walk(one, path);
  };
  walk(parseXmlDocument(envelope).documentElement as Element, "");
  return forms;
}
