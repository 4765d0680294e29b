import * as fs from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { PowerShellHost, type WinrmOptions, winrmTransport } from "../../provider/host/powershell/index";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { describeWithKdc } from "../support/winrm/describe-with-peers";
import { type Kdc, REALM, startKdc } from "../support/winrm/kdc";
import { startWinrm } from "../support/winrm/server";
import { ShellRoom } from "./shell-room";

const PASSWORD = "of the domain";

describeWithPowerShell("a host over WinRM, in a domain", (powershell) => {
  describeWithWinrm("(needs openssl on this machine)", () => {
    describeWithKdc(() => {
      let kdc: Kdc;
      let room: ShellRoom;
      const before = { ...process.env };
      beforeAll(async () => {
        setShellEnvironment();
        kdc = await startKdc({ accounts: { backup: PASSWORD }, services: ["HTTP/localhost"] });
      });
      afterAll(() => kdc.close());
      beforeEach(() => {
        room = new ShellRoom(powershell);
        Object.assign(process.env, { ...kdc.environment, KRB5CCNAME: `FILE:${kdc.folder}/nothing` });
      });
      afterEach(async () => {
        for (const name of ["KRB5_CONFIG", "KRB5_KTNAME", "KRB5CCNAME"]) {
          if (before[name] === undefined) delete process.env[name];
          else process.env[name] = before[name];
        }
        await room.remove();
      });

      it.each([
        ["kerberos over HTTP, each message sealed", "kerberos", false, "password"],
        ["negotiate over HTTPS, bound to its certificate", "negotiate", true, "ticket"],
      ] as const)("logs in by %s", async (_, authentication, useSsl, by) => {
        if (by === "ticket") process.env.KRB5CCNAME = `FILE:${kdc.ticket("backup", PASSWORD)}`;
        const server = await startWinrm({
          powershell,
          environment: { HYPERV_BRIDGE_PATHS: "posix" },
          useSsl,
          logins: ["negotiate", "kerberos"],
          kerberos: kdc.environment,
          requiresChannelBinding: useSsl,
        });
        const options: WinrmOptions = {
          computerName: "localhost",
          port: server.port,
          authentication,
          useSsl,
          caFile: server.certificates?.caFile,
          credential: by === "password" ? { userName: `backup@${REALM}`, password: PASSWORD } : undefined,
        };
        const host = new PowerShellHost(winrmTransport(options));
        try {
          await host.greeting();
          const place = { directory: room.path("export"), canonicalPath: room.path("export") };
          const text = "ä€".repeat(60_000);
          await host.createDirectories([{ directory: place.directory }]);
          expect(await host.createTextFiles([{ ...place, path: "large", text }])).toEqual([{ ok: true, value: "created" }]);
          expect(fs.readFileSync(room.path("export", "large"), "utf8")).toBe(text);
          const [report] = await host.readDirectories([{ directory: place.directory, texts: ["large"], list: false }]);
          expect(report?.ok === true && "texts" in report.value && report.value.texts.large === text).toBe(true);
          expect(server.mostConnections).toBe(2);
        } finally {
          await host.close();
          await server.close();
        }
      });

      it("asks a domain that does not answer once, and not for each connection, before it takes NTLM", async () => {
        const userName = `backup@${REALM}`;
        const server = await startWinrm({
          powershell,
          environment: { HYPERV_BRIDGE_PATHS: "posix" },
          logins: ["negotiate"],
          users: { [userName]: PASSWORD },
        });
        room.write(
          "kinit",
          `#!/bin/sh\necho asked >> ${room.path("kinits")}\necho "kinit: Cannot contact any KDC for realm '${REALM}'" >&2\nexit 1\n`,
        );
        fs.chmodSync(room.path("kinit"), 0o755);
        const pathBefore = process.env.PATH;
        process.env.PATH = `${room.folder}:${pathBefore}`;
        const host = new PowerShellHost(
          winrmTransport({
            computerName: "localhost",
            port: server.port,
            authentication: "negotiate",
            caFile: server.certificates?.caFile,
            credential: { userName, password: PASSWORD },
          }),
        );
        try {
          await host.greeting();
          expect(server.mostConnections).toBe(2);
          expect(fs.readFileSync(room.path("kinits"), "utf8")).toBe("asked\n");
        } finally {
          process.env.PATH = pathBefore;
          await host.close();
          await server.close();
        }
      });
    });
  });
});
