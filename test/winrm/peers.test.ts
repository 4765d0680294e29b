import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PowerShellHost, winrmTransport } from "../../provider/host/powershell/index";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { powerShellProgram } from "../support/powershell-program";
import { hastyTimes } from "../support/remote-way";
import { describeWithClients } from "../support/winrm/describe-with-clients";
import { defaultUser, type WinrmOptions } from "../support/winrm/options";
import { type PeerTask, peers, runPeer } from "../support/winrm/peers/run-peer";
import { startWinrm, type Winrm } from "../support/winrm/server";

/** A script that says what it was told, and how it ended. */
const script = "[Console]::Error.WriteLine('warned'); '{0}-{1}' -f (6 * 7), [char]0xe9; exit 7";

describeWithClients(() => {
  describeWithWinrm("clients of WinRM that nobody here wrote", () => {
    let server: Winrm;
    const serve = (options: Partial<WinrmOptions>) => {
      beforeAll(async () => {
        const environment = { HYPERV_BRIDGE_PATHS: "posix" };
        server = await startWinrm({
          powershell: powerShellProgram(),
          environment,
          logins: ["basic", "certificate", "negotiate"],
          ...options,
        });
      });
      afterAll(async () => {
        const { shells, processes } = server;
        await server.close();
        expect([shells, processes]).toEqual([[], []]);
      });
    };
    const runs = (login: PeerTask["login"]) => {
      it.each(peers)("%s gives a command input, and gets its output and exit code", async (peer) => {
        const input = "first line\nsecond: <&>\n";
        // masterzen/winrm keeps one login at a time, and seals what it sends by that of the Receive that is under way.
        const gives = server.certificates !== undefined || peer !== "masterzen/winrm";
        const command = gives ? "cat; echo warned >&2; exit 3" : `printf '${input}'; echo warned >&2; exit 3`;
        const outcome = await runPeer(peer, server, { login, command, ...(gives && { input }) });
        expect(outcome).toEqual({ stdout: input, stderr: "warned\n", exitCode: 3 });
        expect(new Set(server.told.map((one) => one.isSealed))).toEqual(new Set([server.certificates === undefined]));
      });

      it.each(peers)("%s runs PowerShell", async (peer) => {
        const outcome = await runPeer(peer, server, { login, command: script, isPowerShell: true });
        expect(outcome.error).toBeUndefined();
        expect([outcome.stdout.trim(), outcome.stderr.trim(), outcome.exitCode]).toEqual(["42-é", "warned", 7]);
      });

      if (login === "certificate") return;
      it.each(peers)("%s is refused with a wrong password", async (peer) => {
        const before = server.told.length;
        const { error } = await runPeer(peer, server, { login, command: "echo in", password: "guess" });
        expect(error).toMatch(/401|rejected|authenticate/i);
        expect(server.told).toHaveLength(before);
      });
    };

    describe("over HTTPS", () => {
      serve({});
      for (const login of ["basic", "certificate", "ntlm"] as const) describe(`by ${login}`, () => runs(login));

      it.each(peers)("%s waits for a command that is silent for longer than one Receive", async (peer) => {
        const before = server.told.length;
        const outcome = await runPeer(peer, server, { login: "basic", command: "sleep 2; echo late", operationTimeout: 1 });
        expect(outcome).toEqual({ stdout: "late\n", stderr: "", exitCode: 0 });
        expect(server.told.slice(before).filter((one) => one.operation === "Receive").length).toBeGreaterThan(2);
      });

      it("serves all of them at once, and our client, and mixes nothing up", async () => {
        const { certificates, port } = server;
        const own = new PowerShellHost(
          winrmTransport({
            computerName: "localhost",
            port,
            authentication: "basic",
            credential: defaultUser,
            caFile: certificates?.caFile,
          }),
          hastyTimes,
        );
        const greeting = own.greeting();
        const asked = [...peers, ...peers].map(async (peer, at) => {
          const input = `${at}: ${peer}\n`.repeat(2000);
          const outcome = await runPeer(peer, server, { login: "basic", command: `cat; exit ${at}`, input });
          expect(outcome).toEqual({ stdout: input, stderr: "", exitCode: at });
        });
        await Promise.all(asked);
        expect(await greeting).toMatchObject({ powershellVersion: expect.any(String) });
        await own.close();
      });

      it.each(peers)("%s gets a long output whole", async (peer) => {
        const { stdout, exitCode } = await runPeer(peer, server, { login: "basic", command: "seq 1 150000" });
        expect([stdout.split("\n").length, stdout.slice(-7), exitCode]).toEqual([150_001, "150000\n", 0]);
      });
    });

    describe("over HTTPS, bound to the server's certificate", () => {
      serve({ requiresChannelBinding: true, certificate: { serverDigest: "sha384" } });

      it.each(["pywinrm", "pypsrp"] as const)("%s is let in", async (peer) => {
        const outcome = await runPeer(peer, server, { login: "ntlm", command: "echo in" });
        expect(outcome).toEqual({ stdout: "in\n", stderr: "", exitCode: 0 });
      });

      it("masterzen/winrm, which binds no login, is refused", async () => {
        expect((await runPeer("masterzen/winrm", server, { login: "ntlm", command: "echo in" })).error).toContain("401");
      });
    });

    describe("over HTTP with sealed messages", () => {
      serve({ useSsl: false });
      runs("ntlm");

      it.each(["pywinrm", "pypsrp"] as const)("%s takes no sealed answer that was damaged", async (peer) => {
        server.setTrouble({ operation: "Command", what: { kind: "damaged" } });
        const { error } = await runPeer(peer, server, { login: "ntlm", command: "echo in" });
        expect(error).toMatch(/signature|BadMIC|MIC/i);
        expect(server.hasTroubleAhead).toBe(false);
      });
    });
  });
});
