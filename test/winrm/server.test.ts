import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { powerShellProgram } from "../support/powershell-program";
import { descendants } from "../support/sshd";
import { type Certificates, makeCertificates } from "../support/winrm/certificates";
import { defaultUser, type Quotas, type WinrmOptions } from "../support/winrm/options";
import { basic, envelopeOf, PlainClient } from "../support/winrm/plain-client";
import { startWinrm, type Winrm } from "../support/winrm/server";
import { CERTIFICATE_LOGIN } from "../support/winrm/words";

let server: Winrm;
let client: PlainClient;

async function start(options: Partial<WinrmOptions> = {}): Promise<void> {
  server = await startWinrm({ powershell: powerShellProgram(), ...options });
  client = new PlainClient(server);
}

afterEach(async () => {
  client.close();
  await server.close();
});

/** A command that runs, and its shell. */
async function started(command: string, settings?: string): Promise<{ shell: string; command: string }> {
  const shell = await client.createShell(settings);
  const { text } = await client.run(shell, command);
  return { shell, command: text("CommandId") ?? "" };
}

describeWithWinrm("a WinRM server of the tests: its shell", () => {
  it("gives a command its input, and its output before the end", async () => {
    await start();
    const { shell, command } = await started("cat; echo late >&2; exit 5");
    await client.send(shell, command, "first\n");
    const first = await client.receive(shell, command);
    expect(first.output("stdout")).toBe("first\n");
    expect(first.envelope).toContain("CommandState/Running");
    await client.send(shell, command, "second\n", true);
    let [out, errors] = ["", ""];
    for (;;) {
      const answer = await client.receive(shell, command);
      out += answer.output("stdout");
      errors += answer.output("stderr");
      if (answer.text("ExitCode") === undefined) continue;
      expect([out, errors, answer.text("ExitCode")]).toEqual(["second\n", "late\n", "5"]);
      break;
    }
    expect((await client.receive(shell, command)).faultCode).toBe(2150858843);
  });

  it("runs a real PowerShell by its full path, and finds no bare name without cmd.exe", async () => {
    await start();
    const shell = await client.createShell();
    const withoutCmd = { WINRS_SKIP_CMD_SHELL: "TRUE" };
    expect((await client.run(shell, "powershell.exe", withoutCmd)).faultCode).toBe(2147942402);
    const running = await client.run(shell, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", withoutCmd);
    const command = running.text("CommandId") ?? "";
    await client.send(shell, command, "[string](6 * 7) + $PSVersionTable.PSVersion.Major.GetType()\nexit 9\n", true);
    let out = "";
    for (let exitCode: string | undefined; exitCode === undefined; ) {
      const answer = await client.receive(shell, command);
      out += answer.output("stdout");
      exitCode = answer.text("ExitCode");
      if (exitCode !== undefined) expect(exitCode).toBe("9");
    }
    expect(out).toContain("42int");
  });

  it("answers that there is nothing yet when the time that was asked for is over", async () => {
    await start();
    const { shell, command } = await started("sleep 1; echo late");
    const began = performance.now();
    expect((await client.receive(shell, command, { timeout: "PT0.3S" })).faultCode).toBe(2150858793);
    expect(performance.now() - began).toBeGreaterThan(250);
    expect((await client.receive(shell, command)).output("stdout")).toBe("late\n");
  });

  it("keeps its answers below the size that the client takes, and loses nothing", async () => {
    await start();
    const { shell, command } = await started("seq 1 60000");
    let out = "";
    for (let exitCode: string | undefined; exitCode === undefined; ) {
      const answer = await client.receive(shell, command, { maxEnvelopeSize: 8192 });
      expect(Buffer.byteLength(answer.envelope)).toBeLessThanOrEqual(8192);
      out += answer.output("stdout");
      exitCode = answer.text("ExitCode");
    }
    expect(out).toBe(`${Array.from({ length: 60_000 }, (_, at) => at + 1).join("\n")}\n`);
  });

  it("refuses wrong identifiers by the codes that Windows has for them", async () => {
    await start();
    const { shell, command } = await started("cat");
    const stranger = "00000000-0000-0000-0000-000000000000";
    expect((await client.receive(stranger, command)).faultCode).toBe(2150858843);
    expect((await client.receive(shell, stranger)).faultCode).toBe(2150858843);
    expect((await client.send(shell, stranger, "x")).faultCode).toBe(2150858843);
    expect((await client.ask({ operation: "Delete", shellId: stranger })).faultCode).toBe(2150858843);
    const withoutId = "<rsp:Receive><rsp:DesiredStream>stdout stderr</rsp:DesiredStream></rsp:Receive>";
    expect((await client.ask({ operation: "Receive", shellId: shell, body: withoutId })).faultCode).toBe(87);
    expect((await client.ask({ operation: "Create", resourceUri: "http://example/shell" })).faultCode).toBe(2150858752);
    expect((await client.ask({ operation: "Create", maxEnvelopeSize: 1000 })).faultCode).toBe(2150858878);
  });

  it("refuses what is no request, or not to be understood", async () => {
    await start();
    const broken = await client.post("<s:Envelope");
    expect([broken.status, broken.faultCode]).toEqual([500, 2150858817]);
    const strange = { operation: "Create", headers: '<x:Strange xmlns:x="urn:x" s:mustUnderstand="true">1</x:Strange>' };
    expect((await client.ask(strange)).faultCode).toBe(2150858768);
    expect((await client.ask({ operation: "Connect" })).faultCode).toBe(2150858771);
    expect((await client.post("", "/elsewhere")).status).toBe(404);
  });

  it("takes no request above its own size", async () => {
    await start({ maxEnvelopeBytes: 20_000 });
    const { shell, command } = await started("cat");
    expect((await client.send(shell, command, "x".repeat(20_000))).status).toBe(413);
    expect((await client.send(shell, command, "y".repeat(10_000))).status).toBe(200);
  });

  it.each<[string, Quotas, number]>([
    ["shells of a user", { shellsPerUser: 0 }, 2150859173],
    ["users", { users: 0 }, 2150859179],
    ["operations", { operationsPerUser: 0 }, 2150859174],
  ])("refuses a shell above the quota of %s", async (_, quotas, code) => {
    await start();
    server.setQuotas(quotas);
    expect((await client.ask({ operation: "Create", body: "<rsp:Shell/>" })).faultCode).toBe(code);
    server.setQuotas({});
    expect((await client.ask({ operation: "Create", body: "<rsp:Shell/>" })).faultCode).toBeUndefined();
  });

  it.each<[string, Quotas, number]>([
    ["processes", { processesPerShell: 1 }, 2147944216],
    ["memory", { isOutOfMemory: true }, 2147943855],
  ])("refuses a command above the quota of %s", async (name, quotas, code) => {
    await start({ quotas });
    const shell = await client.createShell();
    if (name === "processes") expect((await client.run(shell, "cat")).faultCode).toBeUndefined();
    expect((await client.run(shell, "cat")).faultCode).toBe(code);
  });
});

describeWithWinrm("a WinRM server of the tests: ends", () => {
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it("tells of a command that ctrl_c has ended", async () => {
    await start();
    const { shell, command } = await started("exec sleep 60");
    await client.signal(shell, command, "ctrl_c");
    expect((await client.receive(shell, command)).text("ExitCode")).toBe("3221225786");
  });

  it("ends a command with all that it has started, and the Receive that waits for it", async () => {
    await start();
    const { shell, command } = await started("sleep 61 & sleep 62 & echo up; wait");
    expect((await client.receive(shell, command)).output("stdout")).toBe("up\n");
    const [pid = 0] = server.processes;
    expect(descendants(pid)).toHaveLength(2);
    const waiting = client.receive(shell, command);
    await pause(100);
    await client.signal(shell, command, "terminate");
    expect((await waiting).faultCode).toBe(995);
    expect((await client.receive(shell, command)).faultCode).toBe(2150858843);
    expect(descendants(process.pid).filter((one) => one === pid)).toEqual([]);
  });

  it.each(["a Delete", "its idle time", "its end"])("leaves no process after %s", async (end) => {
    await start({ idleTimeoutMs: end === "its idle time" ? 500 : 60_000 });
    await started("sleep 63 & cat");
    const [shell] = server.shells;
    const [pid = 0] = server.processes;
    await pause(200);
    const left = () => descendants(process.pid).filter((one) => one === pid);
    expect([left().length, descendants(pid).length]).toEqual([1, 2]);
    const below = descendants(pid);
    if (end === "a Delete") await client.ask({ operation: "Delete", shellId: shell });
    if (end === "its end") await server.close();
    if (end === "its idle time") await pause(700);
    expect(left()).toEqual([]);
    for (const one of below) expect(runs(one)).toBe(false);
    expect(server.shells).toEqual([]);
  });

  it("idles at least as long as Windows lets it, and not while a Receive waits", async () => {
    await start({ idleTimeoutMs: 300 });
    expect((await client.ask({ operation: "Create", body: idle("PT5S") })).faultCode).toBe(2150859250);
    const created = await client.ask({ operation: "Create", body: idle("PT180S") });
    expect(created.faultCode).toBeUndefined();
    const running = await client.run(created.text("ShellId") ?? "", "sleep 1; echo still");
    const answer = await client.receive(created.text("ShellId") ?? "", running.text("CommandId") ?? "");
    expect(answer.output("stdout")).toBe("still\n");
  });

  /** One that has ended may wait for whoever reaps orphans. */
  const runs = (pid: number) => !/^(Z|$)/.test(spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim());

  const idle = (time: string) => `<rsp:Shell><rsp:IdleTimeOut>${time}</rsp:IdleTimeOut></rsp:Shell>`;
});

describeWithWinrm("a WinRM server of the tests: logins", () => {
  it("lets nobody in without one, and tells which it takes", async () => {
    await start();
    const stranger = new PlainClient(server, {});
    const { status, headers } = await stranger.ask({ operation: "Create", body: "<rsp:Shell/>" });
    expect([status, headers["www-authenticate"]]).toEqual([401, `Basic realm="WSMAN", ${CERTIFICATE_LOGIN}`]);
    stranger.close();
    const wrong = new PlainClient(server, basic("operator", "guess"));
    expect((await wrong.ask({ operation: "Create", body: "<rsp:Shell/>" })).status).toBe(401);
    wrong.close();
    expect(server.told).toEqual([]);
  });

  it("shows nobody another one's shell", async () => {
    await start({ users: { operator: "pass word &<1", other: "o" } });
    const { shell, command } = await started("cat");
    const other = new PlainClient(server, basic("other", "o"));
    expect((await other.receive(shell, command)).faultCode).toBe(2150858843);
    other.close();
  });

  it("lets in who shows a certificate of its authority and says so, and nobody else's", async () => {
    await start();
    const { client: own } = server.certificates as Certificates;
    const tls = (keyPair: { certFile: string; keyFile: string }) => ({
      cert: fs.readFileSync(keyPair.certFile),
      key: fs.readFileSync(keyPair.keyFile),
    });
    const strangers = makeCertificates();
    const wanted = { operation: "Create", body: "<rsp:Shell/>" };
    const login = { Authorization: CERTIFICATE_LOGIN };
    for (const [keyPair, headers, status] of [
      [own, login, 200],
      [own, {}, 401],
      [strangers.client, login, 401],
    ] as const) {
      const one = new PlainClient(server, headers, tls(keyPair));
      expect((await one.ask(wanted)).status).toBe(status);
      one.close();
    }
    strangers.remove();
    expect(server.told).toHaveLength(1);
  });

  it("takes neither basic nor what is not sealed over HTTP, unless it is told to", async () => {
    await start({ useSsl: false });
    expect((await client.ask({ operation: "Create", body: "<rsp:Shell/>" })).status).toBe(401);
    await server.close();
    await start({ useSsl: false, allowUnencrypted: true });
    expect((await client.ask({ operation: "Create", body: "<rsp:Shell/>" })).status).toBe(200);
  });
});

describeWithWinrm("a WinRM server of the tests: troubles", () => {
  const create = { operation: "Create", body: "<rsp:Shell/>" } as const;

  it("meets the n-th request of an operation, once", async () => {
    await start();
    server.setTrouble({ operation: "Create", nth: 2, what: { kind: "status", status: 503 } });
    expect(server.hasTroubleAhead).toBe(true);
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await client.ask(create)).status);
    expect(statuses).toEqual([200, 503, 200]);
    expect(server.shells).toHaveLength(2);
    expect(server.hasTroubleAhead).toBe(false);
  });

  it("refuses by a fault, and does nothing", async () => {
    await start();
    server.setTrouble({ what: { kind: "fault", fault: "accessDenied" } });
    const refused = await client.ask(create);
    expect([refused.status, refused.faultCode, server.shells.length]).toEqual([500, 5, 0]);
  });

  it("closes the connection before a request is carried out, or within its answer", async () => {
    await start();
    server.setTrouble({ what: { kind: "dropRequest" } });
    await expect(client.ask(create)).rejects.toThrow("socket hang up");
    expect(server.shells).toHaveLength(0);
    const { shell, command } = await started("wc -c");
    server.setTrouble({ operation: "Send", nth: 2, what: { kind: "cutRequest", bytes: 200_000 } });
    await client.send(shell, command, "x".repeat(10));
    await expect(client.send(shell, command, "x".repeat(200_000))).rejects.toThrow(/socket hang up|EPIPE|ECONNRESET/);
    await client.send(shell, command, "", true);
    expect((await client.receive(shell, command)).output("stdout").trim()).toBe("10");
    await client.ask({ operation: "Delete", shellId: shell });
    for (const bytes of [0, 5, 200]) {
      server.setTrouble({ what: { kind: "cutAnswer", bytes } });
      await expect(client.ask(create)).rejects.toThrow(/socket hang up|aborted|ECONNRESET/);
    }
    expect(server.shells).toHaveLength(3);
  });

  it("leaves a request without an answer, and answers late", async () => {
    await start();
    server.setTrouble({ what: { kind: "stall" } });
    const stalled = client.ask(create).then(
      () => "answered",
      () => "closed",
    );
    const soon = new Promise((resolve) => setTimeout(() => resolve("nothing yet"), 300));
    expect(await Promise.race([stalled, soon])).toBe("nothing yet");
    server.setTrouble({ what: { kind: "slow", ms: 300 } });
    const began = performance.now();
    expect((await client.ask(create)).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(250);
    client.close();
    expect(await stalled).toBe("closed");
  });

  it("answers a request as another one was, and two in each other's place", async () => {
    await start();
    const first = await client.ask(create);
    server.setTrouble({ what: { kind: "olderAnswer" } });
    expect((await client.ask(create)).envelope).toBe(first.envelope);
    const { shell, command } = await started("cat");
    server.setTrouble({ operation: "Receive", what: { kind: "swapped" } });
    const receiving = client.receive(shell, command);
    await vi.waitFor(() => expect(server.told.at(-1)?.operation).toBe("Receive"));
    const sent = await client.send(shell, command, "x");
    expect(sent.output("stdout")).toBe("x");
    expect((await receiving).envelope).toContain("SendResponse");
  });

  it("answers twice on a connection, and with whatever a test makes of an answer", async () => {
    await start({ useSsl: false, allowUnencrypted: true });
    server.setTrouble({ what: { kind: "twice" } });
    const socket = net.connect(server.port, "127.0.0.1");
    let received = "";
    socket.on("data", (data) => {
      received += data;
    });
    const envelope = envelopeOf(server.url, create);
    const { Authorization } = basic(defaultUser.userName, defaultUser.password);
    const head = `Host: localhost\r\nAuthorization: ${Authorization}\r\nContent-Length: ${Buffer.byteLength(envelope)}`;
    socket.write(`POST /wsman HTTP/1.1\r\n${head}\r\n\r\n${envelope}`);
    await vi.waitFor(() => expect(received.match(/CreateResponse<\/a:Action>.*?<\/s:Envelope>/g)).toHaveLength(2), 5000);
    socket.destroy();
    server.setTrouble({ what: { kind: "forged", forge: (text) => text.replace("CreateResponse", "Other") } });
    expect((await client.ask(create)).envelope).toContain("/Other<");
  });
});
