import * as fs from "node:fs";
import type * as net from "node:net";
import * as tls from "node:tls";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HostError } from "../../provider/host/port";
import type { Output } from "../../provider/host/powershell/transports/winrm/answers";
import { Connection } from "../../provider/host/powershell/transports/winrm/connection";
import { type Line, RemoteShell } from "../../provider/host/powershell/transports/winrm/shell";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { type Certificates, makeCertificates } from "../support/winrm/certificates";

const SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";

interface Parts {
  readonly header: string;
  readonly body: string;
}

const namespaces = `xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:rsp="${SHELL}"`;
const envelope = ({ header, body }: Parts) =>
  `<s:Envelope xml:lang="en-US" ${namespaces}><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const headerOf = (action: string, messageId: string) =>
  `<a:Action>${SHELL}/${action}Response</a:Action><a:MessageID>uuid:1</a:MessageID><a:RelatesTo>${messageId}</a:RelatesTo>`;
const stream = (name: string, data: Buffer, more = "") =>
  `<rsp:Stream Name="${name}" CommandId="C1"${more}>${data.toString("base64")}</rsp:Stream>`;
const state = (word: string, inner = "") =>
  `<rsp:CommandState CommandId="C1" State="${SHELL}/CommandState/${word}">${inner}</rsp:CommandState>`;

/** Answers like Windows, but for what a test makes of the answers to Receive. */
class Told implements Line {
  readonly url = "https://hv01:5986/wsman";
  make: (messageId: string) => string = () => "";

  async request(body: string): Promise<{ status: number; text: string }> {
    const messageId = /MessageID>([^<]*)</.exec(body)?.[1] as string;
    if (body.includes("/transfer/Create<")) {
      const header = headerOf("Create", messageId).replace(`${SHELL}/`, "http://schemas.xmlsoap.org/ws/2004/09/transfer/");
      return { status: 200, text: envelope({ header, body: "<rsp:Shell><rsp:ShellId>S1</rsp:ShellId></rsp:Shell>" }) };
    }
    if (body.includes("/shell/Command<")) {
      const command = "<rsp:CommandResponse><rsp:CommandId>C1</rsp:CommandId></rsp:CommandResponse>";
      return { status: 200, text: envelope({ header: headerOf("Command", messageId), body: command }) };
    }
    return { status: 200, text: this.make(messageId) };
  }
}

const data = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const received = fc
  .record({ pieces: fc.array(fc.tuple(fc.constantFrom("stdout", "stderr"), data), { maxLength: 6 }), isDone: fc.boolean() })
  .map(({ pieces, isDone }) => ({
    expected: pieces.map(([name, bytes]) => [name, bytes.toString("hex")]),
    isDone,
    body: `<rsp:ReceiveResponse>${pieces.map(([name, bytes]) => stream(name, bytes)).join("")}${isDone ? state("Done", "<rsp:ExitCode>7</rsp:ExitCode>") : state("Running")}</rsp:ReceiveResponse>`,
  }));

const told = ({ pieces }: Output) => pieces.map(({ stream: name, data: bytes }) => [name, bytes.toString("hex")]);

describe("an answer of WinRM that came otherwise than it was sent", () => {
  let line: Told;
  let shell: RemoteShell;
  beforeAll(async () => {
    line = new Told();
    shell = new RemoteShell("hv01 (WinRM)", line, { operationTimeoutMs: 1000 });
    await shell.create();
    await shell.start("powershell.exe", []);
  });

  const outcomeOf = async (make: (good: string, messageId: string) => string, body: string): Promise<Output | "an error"> => {
    line.make = (messageId) => make(envelope({ header: headerOf("Receive", messageId), body }), messageId);
    try {
      return (await shell.receive(line)) as Output;
    } catch (error) {
      if (error instanceof HostError) return "an error";
      throw error;
    }
  };

  it("is read as it was sent where nothing was changed", async () => {
    await fc.assert(
      fc.asyncProperty(received, async ({ body, expected, isDone }) => {
        const output = await outcomeOf((good) => good, body);
        expect(output).toMatchObject({ isDone, exitCode: isDone ? 7 : undefined });
        expect(told(output as Output)).toEqual(expected);
      }),
    );
  });

  it("is an error where it was cut, at whichever character", async () => {
    await fc.assert(
      fc.asyncProperty(received, fc.nat(), async ({ body }, at) => {
        expect(await outcomeOf((good) => good.slice(0, at % good.length), body)).toBe("an error");
      }),
    );
  });

  it("is the same with characters written as references, and an error with an entity that somebody made", async () => {
    await fc.assert(
      fc.asyncProperty(received, fc.nat(), fc.boolean(), async ({ body, expected }, salt, isHexadecimal) => {
        let count = 0;
        const written = (character: string) => {
          const code = character.charCodeAt(0);
          return count++ % 3 === salt % 3 ? (isHexadecimal ? `&#x${code.toString(16)};` : `&#${code};`) : character;
        };
        const referred = body.replace(/>([^<]+)</g, (_, text: string) => `>${[...text].map(written).join("")}<`);
        expect(told((await outcomeOf((good) => good, referred)) as Output)).toEqual(expected);
        const own = (good: string) =>
          `<!DOCTYPE s:Envelope [<!ENTITY a "A">]>${good.replace("</rsp:ReceiveResponse>", "&a;</rsp:ReceiveResponse>")}`;
        expect(await outcomeOf(own, body)).toBe("an error");
        expect(await outcomeOf((good) => good.replace("</rsp:ReceiveResponse>", "&a;</rsp:ReceiveResponse>"), body)).toBe("an error");
      }),
    );
  });

  it("is an error where it is another message's", async () => {
    const other = "uuid:11111111-1111-4111-8111-111111111111";
    await fc.assert(
      fc.asyncProperty(received, async ({ body }) => {
        expect(await outcomeOf((good, messageId) => good.replace(messageId, other), body)).toBe("an error");
        expect(
          await outcomeOf((_, messageId) => envelope({ header: headerOf("Send", messageId), body: "<rsp:SendResponse/>" }), body),
        ).toBe("an error");
        expect(await outcomeOf((good) => good.replaceAll('CommandId="C1"', 'CommandId="C2"'), body)).toBe("an error");
      }),
    );
  });

  it("is the same or an error where its parts change places, or come twice", async () => {
    const elements = (text: string) => text.match(/<s:(Header|Body)>.*?<\/s:\1>/gs) as [string, string];
    await fc.assert(
      fc.asyncProperty(received, async ({ body, expected }) => {
        const swapped = await outcomeOf((good) => {
          const [header, inner] = elements(good);
          return good.replace(header + inner, inner + header);
        }, body);
        if (swapped !== "an error") expect(told(swapped)).toEqual(expected);
        for (const index of [0, 1] as const) {
          const twice = (good: string) => good.replace(elements(good)[index], (part) => part + part);
          expect(await outcomeOf(twice, body)).toBe("an error");
        }
        expect(await outcomeOf((good) => good + good, body)).toBe("an error");
      }),
    );
  });

  it("is an error or what was sent where characters of it were lost, doubled or exchanged outside of the data", async () => {
    await fc.assert(
      fc.asyncProperty(
        received,
        fc.nat(),
        fc.nat({ max: 20 }),
        fc.constantFrom("lost", "doubled", "exchanged"),
        async (one, start, length, what) => {
          const output = await outcomeOf((good) => {
            const at = start % good.indexOf("<rsp:ReceiveResponse>");
            const [before, part, after] = [good.slice(0, at), good.slice(at, at + length), good.slice(at + length)];
            if (what === "lost") return before + after;
            return what === "doubled" ? before + part + part + after : before + [...part].reverse().join("") + after;
          }, one.body);
          if (output !== "an error") expect(told(output)).toEqual(one.expected);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describeWithWinrm("a connection to WinRM on which something else came than was sent", () => {
  let certificates: Certificates;
  let server: tls.Server;
  let answer: Buffer[] = [];
  let isClosed = true;
  beforeAll(async () => {
    certificates = makeCertificates();
    const { certFile, keyFile } = certificates.server;
    server = tls.createServer({ cert: fs.readFileSync(certFile), key: fs.readFileSync(keyFile) }, (socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        for (const part of answer) socket.write(part);
        if (isClosed) socket.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.close();
    certificates.remove();
  });

  const ask = async (parts: Buffer[], closed: boolean): Promise<string> => {
    answer = parts;
    isClosed = closed;
    const { port } = server.address() as net.AddressInfo;
    const options = { computerName: "127.0.0.1", port, useSsl: true, connectTimeoutMs: 5000, caFile: certificates.caFile };
    const login = { authentication: "basic", userName: "operator", password: "p" } as const;
    const connection = await Connection.open({ ...options, ...login }, "hv01 (WinRM)");
    try {
      return (await connection.request("<question/>", 300)).text;
    } catch (error) {
      if (error instanceof HostError) return "an error";
      throw error;
    } finally {
      connection.destroy(new HostError("connectionLost", "the test is over"));
    }
  };

  const text = `<answer>${"x".repeat(300)}</answer>`;
  const head = (more: string) => `HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n${more}\r\n`;
  const good = head(`Content-Length: ${text.length}\r\n`) + text;
  const chunked = `${head("Transfer-Encoding: chunked\r\n")}${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

  it("is answered where nothing was changed, in whatever pieces", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(good, chunked), fc.array(fc.nat({ max: 300 }), { maxLength: 4 }), async (whole, cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const parts = at.slice(1).map((end, index) => Buffer.from(whole.slice(at[index], end)));
        expect(await ask(parts, false)).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  it("is an error where the answer was cut, whether the connection ends or not", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(good, chunked), fc.nat(), fc.boolean(), async (whole, at, closed) => {
        // Of a chunked one, the last mark may be missing without anybody's harm.
        const end = at % (whole.indexOf("</answer>") + 3);
        expect(await ask([Buffer.from(whole.slice(0, end))], closed)).toBe("an error");
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["larger than any that was asked for", [head("Content-Length: 9000000\r\n"), "x".repeat(9_000_000)]],
    ["endless", [head("Transfer-Encoding: chunked\r\n"), ...Array.from({ length: 90 }, () => `186a0\r\n${"x".repeat(100_000)}\r\n`)]],
    ["all headers", [`HTTP/1.1 200 OK\r\n${`X-More: ${"x".repeat(1000)}\r\n`.repeat(200)}`]],
    ["no HTTP", ["SSH-2.0-OpenSSH_9.6\r\n"]],
    ["of two lengths", [head(`Content-Length: 10\r\nContent-Length: ${text.length}\r\n`), text]],
    ["of a length and in chunks", [head(`Content-Length: ${text.length}\r\nTransfer-Encoding: chunked\r\n`), text]],
    ["no UTF-8", [head("Content-Length: 2\r\n"), "\xff\xfe"]],
    ["to somewhere else", ["HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"]],
    ["nothing", []],
  ])("is an error where the answer is %s", async (_, parts) => {
    expect(
      await ask(
        parts.map((part) => Buffer.from(part, "latin1")),
        false,
      ),
    ).toBe("an error");
  });
});
