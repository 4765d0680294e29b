import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import type { HostError } from "../../provider/host/port";
import { PowerShellHost, type WinrmOptions, winrmTransport } from "../../provider/host/powershell/index";
import { explain } from "../../provider/lifecycle/session/host-failure";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import type { Certificates } from "../support/winrm/certificates";
import { describeWithPeers } from "../support/winrm/describe-with-peers";
import { defaultUser, type Trouble } from "../support/winrm/options";
import { startWinrm, type Winrm } from "../support/winrm/server";
import { isAlive, ShellRoom, until } from "./shell-room";

describeWithPowerShell("a host over WinRM", (powershell) => {
  describeWithWinrm("(needs openssl on this machine)", () => {
    let server: Winrm;
    let room: ShellRoom;
    const hosts: PowerShellHost[] = [];
    beforeAll(async () => {
      setShellEnvironment();
      server = await startWinrm({ powershell, environment: { HYPERV_BRIDGE_PATHS: "posix" } });
    });
    afterAll(() => server.close());
    beforeEach(() => {
      room = new ShellRoom(powershell);
    });
    afterEach(async () => {
      server.clearTroubles();
      server.setQuotas({});
      await Promise.all(hosts.splice(0).map((host) => host.close()));
      await room.remove();
      await nothingLeft();
    });

    const nothingLeft = () => until(() => server.shells.length === 0 && server.processes.length === 0 && server.connections === 0);
    const options = (more: Partial<WinrmOptions> = {}): WinrmOptions => {
      const { port, certificates } = server;
      return { computerName: "127.0.0.1", port, authentication: "basic", credential: defaultUser, caFile: certificates?.caFile, ...more };
    };
    const open = (more: Partial<WinrmOptions> = {}): PowerShellHost => {
      const host = new PowerShellHost(winrmTransport(options(more)));
      hosts.push(host);
      return host;
    };
    const refusal = async (more: Partial<WinrmOptions>, host = open(more)): Promise<HostError> =>
      host.greeting().then(
        (greeting) => {
          throw new Error(`it was let in: ${JSON.stringify(greeting)}`);
        },
        (error: HostError) => error,
      );
    const codeOf = (error: HostError) => {
      const explained = explain(error, "open a session", "127.0.0.1 (WinRM)");
      return isExportError(explained) ? explained.code : undefined;
    };

    it("works like one on this machine, by two connections, and leaves nothing", async () => {
      const told = server.told.length;
      const host = open();
      const greeting = await host.greeting();
      expect(greeting).toMatchObject({ paths: "posix", languageMode: "FullLanguage" });
      const place = { directory: room.path("export"), canonicalPath: room.path("export") };
      await host.createDirectories([{ directory: place.directory }]);
      expect(await host.createTextFiles([{ ...place, path: "claim", text: "ä" }])).toEqual([{ ok: true, value: "created" }]);
      expect(fs.readFileSync(room.path("export", "claim"), "utf8")).toBe("ä");
      expect(server.connections).toBe(2);
      await host.close();
      expect(isAlive(greeting.processId)).toBe(false);
      expect([server.shells, server.processes]).toEqual([[], []]);
      const asked = server.told.slice(told).map(({ operation }) => operation);
      expect([asked[0], asked.at(-2), asked.at(-1)]).toEqual(["Create", "Signal", "Delete"]);
    });

    it("starts Windows PowerShell by its full path, with plain switches, a pipe for its input, and a short life", async () => {
      const told = server.told.length;
      await open().greeting();
      const envelopes = server.told.slice(told);
      const [create, command] = ["Create", "Command"].map((name) => envelopes.find(({ operation }) => operation === name)?.envelope);
      expect(create).toContain("<rsp:IdleTimeOut>PT180S</rsp:IdleTimeOut>");
      expect(command).toContain("<rsp:Command>%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\powershell.exe</rsp:Command>");
      const words = [...(command ?? "").matchAll(/<rsp:Arguments>([^<]*)</g)].map(([, word]) => word);
      expect(words).toEqual(["-NoProfile", "-NonInteractive", "-NoExit", "-Command", "-"]);
      expect(command).toContain('Name="WINRS_CONSOLEMODE_STDIN">FALSE<');
    });

    it("brings back much at once, and takes a request that no envelope holds", async () => {
      const host = open();
      const text = `${"0123456789".repeat(100)}\n`.repeat(2000);
      const place = { directory: room.path("export"), canonicalPath: room.path("export") };
      await host.createDirectories([{ directory: place.directory }]);
      expect(await host.createTextFiles([{ ...place, path: "large", text }])).toEqual([{ ok: true, value: "created" }]);
      const [report] = await host.readDirectories([{ directory: place.directory, texts: ["large"], list: false }]);
      expect(report?.ok === true && "texts" in report.value && report.value.texts.large === text).toBe(true);
      for (const { envelope } of server.told) expect(envelope.length).toBeLessThan(512_000);
    });

    it.each([
      ["OS: 6.1.7601 SP: 1.0 Stack: 2.0", 153_600],
      ["nobody knows", 153_600],
      ["OS: 10.0.17763 SP: 0.0 Stack: 3.0", 512_000],
    ])("sends pieces that the host takes: %s", async (productVersion, maxEnvelopeBytes) => {
      const other = await startWinrm({ powershell, environment: { HYPERV_BRIDGE_PATHS: "posix" }, productVersion, maxEnvelopeBytes });
      try {
        const host = open({ port: other.port, caFile: other.certificates?.caFile });
        const place = { directory: room.path("export"), canonicalPath: room.path("export") };
        await host.createDirectories([{ directory: place.directory }]);
        expect(await host.createTextFiles([{ ...place, path: "large", text: "x".repeat(1_000_000) }])).toMatchObject([{ ok: true }]);
        const sizes = other.told.map(({ envelope }) => envelope.length);
        expect(Math.max(...sizes)).toBeGreaterThan(maxEnvelopeBytes * 0.9);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(maxEnvelopeBytes);
        await host.close();
      } finally {
        await other.close();
      }
    });

    it("believes a certificate by its authority, or by its fingerprint alone", async () => {
      await open().greeting();
      await open({ caFile: undefined, fingerprint: server.certificates?.fingerprint }).greeting();
      await open({ caFile: undefined, fingerprint: server.certificates?.fingerprint.replaceAll(":", "").toLowerCase() }).greeting();
    });

    it("says of another certificate which one it is, and how to pin it; nothing was said to it", async () => {
      const told = server.told.length;
      const error = await refusal({ caFile: undefined });
      const { fingerprint } = server.certificates as Certificates;
      expect([codeOf(error), error.details.remedy]).toEqual([
        "certificate-untrusted",
        expect.stringContaining(`fingerprint: "${fingerprint}"`),
      ]);
      expect(error.message).toContain(`CN=server, SHA-256 ${fingerprint}`);
      const other = await refusal({ caFile: undefined, fingerprint: "00".repeat(32) });
      expect([codeOf(other), other.message]).toEqual(["certificate-changed", expect.stringContaining(fingerprint)]);
      expect(server.told.length).toBe(told);
    });

    it("takes a certificate without a subject, and names it by its other names", async () => {
      const other = await startWinrm({
        powershell,
        environment: { HYPERV_BRIDGE_PATHS: "posix" },
        certificate: { serverSubject: "/" },
      });
      try {
        const { port, certificates } = other;
        const error = await refusal({ port, caFile: undefined });
        expect([codeOf(error), error.message]).toEqual(["certificate-untrusted", expect.stringContaining("DNS:localhost")]);
        const host = open({ port, caFile: undefined, fingerprint: certificates?.fingerprint });
        await host.greeting();
        await host.close();
      } finally {
        await other.close();
      }
    });

    it("believes no certificate of another name, nor one that has expired", async () => {
      for (const wishes of [{ serverNames: ["DNS:other.example"] }, { serverDays: -1 }]) {
        const other = await startWinrm({ powershell, certificate: wishes });
        try {
          const error = await refusal({ port: other.port, caFile: other.certificates?.caFile });
          expect(codeOf(error)).toBe("certificate-untrusted");
          expect(other.told).toEqual([]);
        } finally {
          await other.close();
        }
      }
    });

    it("logs in with a certificate, and says which file is wrong", async () => {
      const { certFile: file, keyFile } = (server.certificates as Certificates).client;
      const by = (certificate: WinrmOptions["certificate"]) =>
        ({ authentication: "certificate", credential: undefined, certificate }) as const;
      await open(by({ file, keyFile })).greeting();
      for (const wrong of [
        { file: room.path("none"), keyFile },
        { file, keyFile: room.path("none") },
        { file: keyFile, keyFile },
        { file, keyFile: file },
      ]) {
        expect(codeOf(await refusal(by(wrong)))).toBe("secret-missing");
      }
      expect(codeOf(await refusal({ caFile: room.path("none") }))).toBe("secret-missing");
    });

    it("tries a wrong password once, and repeats none", async () => {
      let tried = 0;
      const counting = net.createServer((client) => {
        tried++;
        client.pipe(net.connect(server.port, "127.0.0.1")).pipe(client);
      });
      await new Promise<void>((resolve) => counting.listen(0, "127.0.0.1", resolve));
      const { port } = counting.address() as net.AddressInfo;
      const password = "wrong-hush-4711";
      const host = open({ port, credential: { userName: "operator", password } });
      const error = await refusal({}, host);
      // Other exports of the run ask later, and each of them would be another try.
      for (let others = 0; others < 3; others++) expect((await refusal({}, host)).message).toBe(error.message);
      counting.close();
      expect(tried).toBe(1);
      expect(codeOf(error)).toBe("login-refused");
      expect(JSON.stringify(error) + error.message + error.stack).not.toContain(password);
    });

    it("takes a password from the environment, and says that there is none", async () => {
      const credential = { userName: defaultUser.userName, password: { environment: "HYPERV_TEST_WINRM" } };
      delete process.env.HYPERV_TEST_WINRM;
      expect(codeOf(await refusal({ credential }))).toBe("secret-missing");
      process.env.HYPERV_TEST_WINRM = defaultUser.password;
      try {
        await open({ credential }).greeting();
      } finally {
        delete process.env.HYPERV_TEST_WINRM;
      }
    });

    it("says that nobody answers, or somebody else", async () => {
      expect((await refusal({ port: 1 })).kind).toBe("unreachable");
      expect((await refusal({ computerName: "no-such-host.invalid" })).details.isLasting).toBe(true);
      const web = await startWinrm({ powershell, useSsl: false });
      try {
        const error = await refusal({ port: web.port });
        expect(error).toMatchObject({
          kind: "unreachable",
          details: { isLasting: true, remedy: expect.stringContaining("useSsl: false") },
        });
        expect(error.message).toBe(`Could not reach 127.0.0.1 (WinRM) on port ${web.port}: what answers there speaks no TLS.`);
      } finally {
        await web.close();
      }
    });

    it.each<Partial<WinrmOptions>>([
      { useSsl: false, caFile: undefined },
      {
        useSsl: false,
        caFile: undefined,
        authentication: "certificate",
        credential: undefined,
        certificate: { file: "/c", keyFile: "/k" },
      },
      { computerName: "hv01 -x" },
      { computerName: "" },
      { computerName: "hv01/wsman?x" },
      { credential: { userName: "a:b", password: "p" } },
      { authentication: "ntlm", credential: undefined },
    ])("says nothing to anybody for %j", async (more) => {
      const told = server.told.length;
      expect((await refusal(more)).kind).toBe("invalidParameter");
      expect([server.told.length, server.connections]).toEqual([told, 0]);
    });

    it.each([
      ["shells", { shellsPerUser: 0 }, "MaxShellsPerUser"],
      ["users", { users: 0 }, "MaxConcurrentUsers"],
      ["processes", { processesPerShell: 0 }, "MaxProcessesPerShell"],
      ["memory", { isOutOfMemory: true }, "MaxMemoryPerShellMB"],
      ["operations", { operationsPerUser: 0 }, "MaxConcurrentOperationsPerUser"],
    ])("says of a quota which one it is: %s", async (_, quotas, setting) => {
      server.setQuotas(quotas);
      const error = await refusal({});
      expect([codeOf(error), error.details.remedy]).toEqual(["remote-shell-quota", expect.stringContaining(setting)]);
      server.setQuotas({});
      await nothingLeft();
    });

    it.each<[Trouble["what"], string, string]>([
      [{ kind: "fault", fault: "accessDenied" }, "Create", "access-denied"],
      [{ kind: "fault", fault: "unknownResource" }, "Create", "handshake-failed"],
      [{ kind: "fault", fault: "noSuchProgram" }, "Command", "program-missing"],
      [{ kind: "fault", fault: "noSuchShell" }, "Command", "connection-lost"],
      [{ kind: "status", status: 401 }, "Create", "login-refused"],
      [{ kind: "status", status: 403 }, "Create", "access-denied"],
      [{ kind: "status", status: 404 }, "Create", "handshake-failed"],
      [{ kind: "status", status: 503 }, "Create", "host-unreachable"],
      [{ kind: "dropRequest" }, "Create", "connection-lost"],
      [{ kind: "cutAnswer", bytes: 300 }, "Command", "connection-lost"],
      [{ kind: "olderAnswer" }, "Command", "handshake-failed"],
      [{ kind: "forged", forge: () => "<html/>" }, "Create", "handshake-failed"],
    ])("that answers %j to %s while it is opened is an error: %s", async (what, operation, code) => {
      const told = server.told.length;
      server.setTrouble({ operation, what });
      expect(codeOf(await refusal({}))).toBe(code);
      expect(server.told.slice(told).filter((one) => one.operation === operation)).toHaveLength(1);
      await server.endShells(); // Create's answer may have been lost with the shell's name
    });

    it.each<[Trouble["what"], string]>([
      [{ kind: "fault", fault: "noSuchCommand" }, "Receive"],
      [{ kind: "fault", fault: "aborted" }, "Receive"],
      [{ kind: "dropRequest" }, "Receive"],
      [{ kind: "dropRequest" }, "Send"],
      [{ kind: "cutAnswer", bytes: 100 }, "Send"],
      [{ kind: "olderAnswer" }, "Send"],
      [{ kind: "fault", fault: "timedOut" }, "Send"],
      [{ kind: "status", status: 500 }, "Send"],
    ])(
      "that answers %j to %s later is a lost connection; nothing is sent twice, and the next request opens anew",
      async (what, operation) => {
        const host = open();
        const { processId } = await host.greeting();
        const ask = () => host.poll({ jobs: [], tasks: ["unknown"] });
        await ask();
        const told = server.told.length;
        server.setTrouble({ operation, what });
        // The Receive that waits has been asked already.
        const outcomes = [];
        while (server.hasTroubleAhead) outcomes.push(await ask().catch((error: HostError) => error.kind));
        await until(() => !isAlive(processId));
        expect(outcomes.filter((outcome) => typeof outcome === "string").every((kind) => kind === "connectionLost")).toBe(true);
        const ids = server.told.slice(told).map(({ envelope }) => /uuid:[^<]*<\/wsa:MessageID/.exec(envelope)?.[0]);
        expect(new Set(ids).size).toBe(ids.length);
        await until(async () => typeof (await ask().catch((error: HostError) => error.kind)) === "object");
        expect((await host.greeting()).processId).not.toBe(processId);
      },
    );

    it("waits on while there is nothing yet, however often the host says so", async () => {
      const host = open({ operationTimeoutMs: 1000 });
      await host.greeting();
      const told = server.told.length;
      await until(() => server.told.slice(told).filter(({ operation }) => operation === "Receive").length >= 3);
      expect(await host.poll({ jobs: [], tasks: ["unknown"] })).toMatchObject({ jobs: [] });
    });

    it("ends when the host removes the shell, and opens another with the next request", async () => {
      const host = open();
      const { processId } = await host.greeting();
      await server.endShells();
      await until(async () => {
        const outcome = await host.greeting().catch((error: HostError) => error);
        return "processId" in outcome && outcome.processId !== processId;
      });
      expect(isAlive(processId)).toBe(false);
    });

    it("is closed while it is being opened, and leaves nothing", async () => {
      for (const operation of ["Create", "Command", "Receive"]) {
        server.setTrouble({ operation, what: { kind: "slow", ms: 300 } });
        const told = server.told.length;
        const host = open();
        const greeting = host.greeting().catch((error: HostError) => error.kind);
        await until(() => server.told.slice(told).some((one) => one.operation === operation));
        await host.close();
        expect(await greeting).toBe("connectionLost");
        await nothingLeft();
      }
    });

    it("lets a program end that only stands by, and removes the shell then", async () => {
      const child = spawn(process.execPath, ["-e", standBy, JSON.stringify({ ...options(), room: room.folder })], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, WINRM_MODULE: require.resolve("../../dist/host/powershell/index.js") },
      });
      let said = "";
      child.stdout.on("data", (text) => {
        said += text;
      });
      expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
      expect(said.trim()).toBe("at the end");
      expect([server.shells, server.processes]).toEqual([[], []]);
    });

    describeWithPeers(() => {
      it.each([
        ["ntlm over HTTPS, bound to its certificate", "ntlm", true],
        ["negotiate over HTTPS", "negotiate", true],
        ["ntlm over HTTP, each message sealed", "ntlm", false],
        ["negotiate over HTTP, each message sealed", "negotiate", false],
      ] as const)("logs in by %s", async (_, authentication, useSsl) => {
        const environment = { HYPERV_BRIDGE_PATHS: "posix" };
        const other = await startWinrm({ powershell, environment, useSsl, logins: ["negotiate"], requiresChannelBinding: useSsl });
        try {
          const way = { port: other.port, useSsl, authentication, caFile: other.certificates?.caFile };
          const host = open(way);
          await host.greeting();
          const place = { directory: room.path("export"), canonicalPath: room.path("export") };
          await host.createDirectories([{ directory: place.directory }]);
          expect(await host.createTextFiles([{ ...place, path: "large", text: "x".repeat(600_000) }])).toMatchObject([{ ok: true }]);
          expect(other.mostConnections).toBe(2);
          await host.close();
          expect([other.shells, other.processes]).toEqual([[], []]);
          const error = await refusal({ ...way, credential: { userName: "operator", password: "wrong-hush-4711" } });
          expect(codeOf(error)).toBe("login-refused");
          expect(error.message + error.stack).not.toContain("hush");
        } finally {
          await other.close();
        }
      });

      it("gives up a host that answers unsealed what was sealed", async () => {
        const environment = { HYPERV_BRIDGE_PATHS: "posix" };
        const other = await startWinrm({ powershell, environment, useSsl: false, logins: ["negotiate"] });
        try {
          other.setTrouble({ operation: "Create", what: { kind: "unsealed" } });
          const error = await refusal({ port: other.port, useSsl: false, authentication: "ntlm", caFile: undefined });
          expect(codeOf(error)).toBe("handshake-failed");
        } finally {
          await other.close();
        }
      });
    });
  });
});

/** Asks once and has nothing more to do: nobody closes the host. */
const standBy = `
const { PowerShellHost, winrmTransport } = require(process.env.WINRM_MODULE);
const { room, ...options } = JSON.parse(process.argv[1]);
new PowerShellHost(winrmTransport(options)).greeting().then(() => console.log("at the end"));
`;
