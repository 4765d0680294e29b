import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { HostError } from "../../provider/host/port";
import type { Output } from "../../provider/host/powershell/transports/winrm/answers";
import { RemoteShell } from "../../provider/host/powershell/transports/winrm/shell";
import { childOf, type Element, parsedXml } from "../../provider/host/powershell/transports/winrm/xml";

/** One exchange with a real host: see "about" in the file. */
interface Recorded {
  readonly action: string;
  readonly OptionSet?: string;
  readonly SelectorSet?: string;
  readonly requestBody: string;
  readonly status?: number;
  readonly response: string;
}

const { about, ...recordings } = JSON.parse(readFileSync(join(__dirname, "winrm-recordings.json"), "utf8")) as Record<
  string,
  Recorded[]
> & {
  readonly about: string;
};

const envelope = "http://www.w3.org/2003/05/soap-envelope";

/** Gives the recorded answers one after the other, each to the question that was asked here. */
class Tape {
  readonly url = "https://hv01:5986/wsman";
  readonly asked: Element[] = [];
  next: Recorded | undefined;

  async request(body: string): Promise<{ status: number; text: string }> {
    const { next } = this;
    if (next === undefined) throw new Error("more was asked than was recorded");
    this.next = undefined;
    const document = parsedXml(body);
    this.asked.push(document);
    const messageId = headerOf(document, "MessageID")?.text;
    return { status: next.status ?? 200, text: next.response.replace(/(<a:RelatesTo>)[^<]*/, `$1${messageId}`) };
  }

  get last(): Element {
    return this.asked.at(-1) as Element;
  }
}

interface Played {
  readonly shell: RemoteShell;
  readonly tape: Tape;
}

/** What became of one exchange: a value, or how it was refused. */
type Outcome = { readonly value: unknown } | { readonly error: HostError };

async function play({ shell, tape }: Played, recorded: Recorded): Promise<Outcome> {
  tape.next = recorded;
  const asked = parsedXml(`<r xmlns:rsp="urn:r">${recorded.requestBody}</r>`);
  const call = (): Promise<unknown> => {
    switch (recorded.action.split("/").at(-1)) {
      case "Create":
        return shell.create();
      case "Command": {
        const [command, ...rest] = asked.children[0]?.children ?? [];
        return shell.start(
          command?.text ?? "",
          rest.map(({ text }) => text),
        );
      }
      case "Send": {
        const stream = asked.children[0]?.children[0] as Element;
        return shell.send(Buffer.from(stream.text, "base64"), stream.attributes.get("End") === "True");
      }
      case "Receive":
        return shell.receive(tape);
      case "Signal":
        return shell.terminate(tape);
      default:
        return shell.remove(tape);
    }
  };
  return call().then(
    (value) => ({ value }),
    (error: HostError) => ({ error }),
  );
}

async function replay(name: string): Promise<{ outcomes: Outcome[]; tape: Tape }> {
  const tape = new Tape();
  const shell = new RemoteShell("hv01 (WinRM)", tape, { operationTimeoutMs: 20_000 });
  const outcomes: Outcome[] = [];
  for (const recorded of recordings[name] as Recorded[]) {
    outcomes.push(await play({ shell, tape }, recorded));
    if ((recorded.status ?? 200) === 200) expectSameRequest(tape.last, recorded);
  }
  return { outcomes, tape };
}

/** The shell and the body, whatever stands beside them: this client asks for a time, and for other options. */
function expectSameRequest(asked: Element, recorded: Recorded): void {
  const of = (text: string | undefined, name: string) => new RegExp(`Name="${name}"[^>]*>([^<]*)<`).exec(text ?? "")?.[1];
  const selectors = headerOf(asked, "SelectorSet");
  expect(selectors?.children[0]?.text).toBe(of(recorded.SelectorSet, "ShellId"));
  expect(headerOf(asked, "Action")?.text).toBe(recorded.action);
  const [mine] = childOf(asked, envelope, "Body")?.children ?? [];
  const [theirs] = parsedXml(`<r xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">${recorded.requestBody}</r>`).children;
  expect(plainTree(mine)).toEqual(plainTree(theirs));
}

/** Without what this client asks beside it, or in another word for the same. */
function plainTree(element: Element | undefined): unknown {
  if (element === undefined) return undefined;
  const { name, attributes, children, text } = element;
  const end = /^true$/i.test(attributes.get("End") ?? "") ? { End: true } : {};
  const named = [...attributes].filter(([attribute]) => attribute !== "End");
  return {
    name,
    attributes: { ...Object.fromEntries(named), ...end },
    children: children.filter((child) => child.name !== "IdleTimeOut").map(plainTree),
    text: text.replace(/signal\/(ctrl_c|terminate)$/, "signal"),
  };
}

function headerOf(document: Element, name: string): Element | undefined {
  return childOf(document, envelope, "Header")?.children.find((child) => child.name === name);
}

/** Read without any of what is tested. */
function recordedOutput(recorded: readonly Recorded[], stream: string): string {
  const texts = recorded.flatMap(({ response }) => [...response.matchAll(new RegExp(`Name="${stream}"[^>]*>([^<]*)<`, "g"))]);
  return Buffer.concat(texts.map(([, text]) => Buffer.from(text as string, "base64"))).toString();
}

function outputOf(outcomes: readonly Outcome[], stream: string): string {
  const outputs = outcomes.flatMap((outcome) => ("value" in outcome && isOutput(outcome.value) ? [outcome.value] : []));
  return Buffer.concat(
    outputs.flatMap(({ pieces }) => pieces.filter((piece) => piece.stream === stream).map(({ data }) => data)),
  ).toString();
}

function isOutput(value: unknown): value is Output {
  return typeof value === "object" && value !== null && "pieces" in value;
}

const said = {
  winrs_send: { stdout: "output 1\noutput 2\n", exitCode: 0 },
  winrs_standard: { stdout: "hi\r\n", exitCode: 0 },
  winrs_no_cmd_shell: { stdout: "hi\n", exitCode: 0 },
  winrs_operation_timeout: { stdout: "hi\nhi again\n", exitCode: 0 },
  winrs_stderr_rc: { stdout: "out \r\n", stderr: "err \r\n", exitCode: 1 },
  winrs_unicode: { stdout: "こんにちは\n", exitCode: 0 },
} as const;

describe("what real hosts answered", () => {
  it("is recorded with its source", () => {
    expect(about).toContain("pypsrp");
    expect(Object.keys(recordings).length).toBeGreaterThanOrEqual(9);
  });

  it.each(Object.keys(recordings))("is read as it was meant: %s", async (name) => {
    const { outcomes } = await replay(name);
    const recorded = recordings[name] as Recorded[];
    outcomes.forEach((outcome, index) => {
      const { status = 200, response } = recorded[index] as Recorded;
      const code = Number(/WSManFault [^>]*Code="(\d+)"/.exec(response)?.[1]);
      // "Nothing yet" is no error.
      if (status === 200 || code === 2150858793) expect(outcome).toHaveProperty("value");
      else expect(outcome).toMatchObject({ error: { name: "HostError", message: expect.stringContaining(String(code)) } });
    });
    for (const stream of ["stdout", "stderr"]) expect(outputOf(outcomes, stream)).toBe(recordedOutput(recorded, stream));
  });

  it.each(Object.entries(said))("holds what the program wrote, and its end: %s", async (name, { exitCode, ...streams }) => {
    const { outcomes } = await replay(name);
    for (const [stream, text] of Object.entries(streams)) expect(outputOf(outcomes, stream)).toBe(text);
    const ends = outcomes.flatMap((outcome) =>
      "value" in outcome && isOutput(outcome.value) && outcome.value.isDone ? [outcome.value] : [],
    );
    expect(ends).toMatchObject([{ isDone: true, exitCode }]);
  });

  it("is output before the program's end, and nothing yet, and the end", async () => {
    const { outcomes } = await replay("winrs_operation_timeout");
    const received = outcomes.slice(2, 6).map((outcome) => ("value" in outcome ? outcome.value : outcome));
    expect(received).toMatchObject([{ isDone: false }, undefined, undefined, { isDone: true }].map((one) => one ?? undefined));
  });

  it("tells a program that is not there, a command that is gone and a wrong parameter apart", async () => {
    const refusal = async (name: string) => (await replay(name)).outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
    expect(await refusal("winrs_no_cmd_shell")).toMatchObject([{ kind: "unusable", details: { fault: "programMissing" } }]);
    expect(await refusal("winrs_bad_cmd_id")).toMatchObject([{ kind: "connectionLost" }]);
    expect(await refusal("winrs_fail_poll_process")).toMatchObject([{ kind: "unusable", details: { fault: "handshakeFailed" } }]);
  });
});
