import * as fs from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { HostError } from "../../provider/host/port";
import { PowerShellHost, type SshOptions, sshTransport } from "../../provider/host/powershell/index";
import { describeWithSshd } from "../support/describe-with-sshd";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { descendants, type Sshd, startSshd } from "../support/sshd";
import { isAlive, ShellRoom, until } from "./shell-room";

describeWithPowerShell("a host over SSH", (powershell) => {
  describeWithSshd(() => {
    let sshd: Sshd;
    let room: ShellRoom;
    const hosts: PowerShellHost[] = [];
    beforeAll(async () => {
      setShellEnvironment();
      sshd = await startSshd({ HYPERV_BRIDGE_PATHS: "posix" });
    });
    afterAll(() => sshd.close());
    beforeEach(() => {
      room = new ShellRoom(powershell);
      process.env.TMPDIR = room.folder;
    });
    afterEach(async () => {
      delete process.env.TMPDIR;
      await Promise.all(hosts.splice(0).map((host) => host.close()));
      await room.remove();
    });

    const open = (options: Partial<SshOptions> = {}): PowerShellHost => {
      const { port, userName, hostKey, keyFile } = sshd;
      const host = new PowerShellHost(
        sshTransport({ hostName: "127.0.0.1", port, userName, hostKey, keyFile, executable: powershell, ...options }),
      );
      hosts.push(host);
      return host;
    };
    const refusal = async (options: Partial<SshOptions>): Promise<HostError> =>
      open(options)
        .greeting()
        .then(
          (greeting) => {
            throw new Error(`it was let in: ${JSON.stringify(greeting)}`);
          },
          (error: HostError) => error,
        );
    const commandLine = (pid: number): string => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // it has just ended
      }
    };
    const clients = () => descendants(process.pid).filter((pid) => commandLine(pid).startsWith("ssh "));

    it("works like one on this machine", async () => {
      const host = open();
      const greeting = await host.greeting();
      expect(greeting).toMatchObject({ paths: "posix", languageMode: "FullLanguage" });
      const place = { directory: room.path("export"), canonicalPath: room.path("export") };
      await host.createDirectories([{ directory: place.directory }]);
      expect(await host.createTextFiles([{ ...place, path: "claim", text: "ä" }])).toEqual([{ ok: true, value: "created" }]);
      expect(fs.readFileSync(room.path("export", "claim"), "utf8")).toBe("ä");
      await host.close();
      await until(() => !isAlive(greeting.processId));
      await until(() => descendants(sshd.pid).length === 0);
      expect(clients()).toEqual([]);
    });

    it("takes a key as a secret, which is neither on a command line nor left on the disk", async () => {
      const host = open({ keyFile: undefined, privateKey: sshd.privateKey.trimEnd().replaceAll("\n", "\r\n") });
      const greeting = host.greeting();
      await until(() => clients().length > 0);
      const secret = sshd.privateKey.split("\n")[1] as string;
      for (const pid of descendants(process.pid)) expect(commandLine(pid)).not.toContain(secret);
      for (const folder of fs.readdirSync(room.folder)) expect(fs.statSync(room.path(folder)).mode & 0o077).toBe(0);
      await greeting;
      expect(fs.readdirSync(room.folder)).toEqual([]);
    });

    it("leaves no key on the disk where it is not let in, either", async () => {
      const error = await refusal({ keyFile: undefined, privateKey: fs.readFileSync(sshd.strangersKeyFile, "utf8") });
      expect(error).toMatchObject({ kind: "unusable", details: { fault: "loginRefused" } });
      await until(() => fs.readdirSync(room.folder).length === 0);
    });

    it("believes no machine whose key is not known", async () => {
      const error = await refusal({ hostKey: undefined });
      expect(error).toMatchObject({ kind: "unusable", details: { fault: "hostKeyUnknown" } });
    });

    it("believes no machine with another key than the one that was given", async () => {
      const other = fs.readFileSync(`${sshd.strangersKeyFile}.pub`, "utf8");
      expect(await refusal({ hostKey: other })).toMatchObject({ kind: "unusable", details: { fault: "hostKeyChanged" } });
    });

    it("says that nobody answers", async () => {
      expect((await refusal({ port: 1 })).kind).toBe("unreachable");
    });

    it("says that PowerShell is not there", async () => {
      expect(await refusal({ executable: "no-such-powershell" })).toMatchObject({ kind: "unusable", details: { fault: "programMissing" } });
    });

    it.each([
      { hostName: "-oProxyCommand=touch+x" },
      { hostName: "hv01 -p 22" },
      { hostName: "hv01\n" },
      { hostName: "hv\u202e01" },
      { hostName: "" },
      { jumpHost: "-J" },
      { jumpHost: "gate,-x" },
      { jumpHost: "a b@gate" },
      { userName: "-l" },
      { userName: "a b" },
      { executable: "powershell; rm" },
      { executable: "-c" },
      { hostKey: "ssh-ed25519 AAAA\nevil ssh-ed25519 BBBB" },
    ])("starts nothing for %j", async (options) => {
      expect((await refusal(options)).kind).toBe("invalidParameter");
      expect(fs.readdirSync(room.folder)).toEqual([]);
    });

    it("ends on both sides when ssh is killed", async () => {
      const host = open();
      const { processId } = await host.greeting();
      for (const pid of clients()) process.kill(pid, "SIGKILL");
      await until(() => !isAlive(processId));
      expect((await host.greeting()).processId).not.toBe(processId);
    });

    it("notices that the other side of the connection was killed, and works again with the next request", async () => {
      const host = open();
      const { processId } = await host.greeting();
      for (const pid of descendants(sshd.pid)) process.kill(pid, "SIGKILL");
      await until(async () => {
        const outcome = await host.poll({ jobs: [], tasks: ["unknown"] }).catch((error: HostError) => error.kind);
        return typeof outcome === "object" && (await host.greeting()).processId !== processId;
      });
    });
  });
});
