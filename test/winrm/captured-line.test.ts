import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PowerShellHost, winrmTransport } from "../../provider/host/powershell/index";
import { CapturedLine } from "../support/captured-line";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { powerShellProgram } from "../support/powershell-program";
import { hastyTimes } from "../support/remote-way";
import { describeWithPeers } from "../support/winrm/describe-with-peers";
import { defaultUser, type WinrmOptions } from "../support/winrm/options";
import { envelopeOf, PlainClient } from "../support/winrm/plain-client";
import { startWinrm, type Winrm } from "../support/winrm/server";

/** What nobody may read on the way: words of requests, of answers, of the bridge and of the login. */
const secrets = [
  "Envelope",
  "schemas.xmlsoap.org",
  "CommandLine",
  "CommandState",
  "powershell.exe",
  "ConvertFrom-Json",
  "told-to-nobody",
  defaultUser.password,
  Buffer.from(defaultUser.password).toString("base64").slice(0, -2),
  Buffer.from(defaultUser.password, "utf16le").toString("latin1"),
];

/** base64 of a text at each of its three places in a longer one, without what its neighbours decide. */
const asBase64 = (text: string) =>
  [0, 1, 2].map((before) =>
    Buffer.from(`${"x".repeat(before)}${text}`)
      .toString("base64")
      .slice(before === 0 ? 0 : 4, -4),
  );

describeWithPeers(() => {
  describeWithWinrm("what travels over plain HTTP", () => {
    let server: Winrm;
    let line: CapturedLine;
    let folder: string;

    async function serve(options: Partial<WinrmOptions>): Promise<void> {
      const environment = { HYPERV_BRIDGE_PATHS: "posix" };
      server = await startWinrm({
        powershell: powerShellProgram(),
        environment,
        useSsl: false,
        logins: ["basic", "negotiate"],
        ...options,
      });
      line = await CapturedLine.open(server.port);
    }

    beforeEach(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), "captured-"));
    });

    afterEach(async () => {
      fs.rmSync(folder, { recursive: true });
      await line.close();
      await server.close();
    });

    it.each(["ntlm", "negotiate"] as const)("is nothing that can be read, by %s", async (authentication) => {
      await serve({});
      const transport = winrmTransport({
        computerName: "127.0.0.1",
        port: line.port,
        useSsl: false,
        authentication,
        credential: defaultUser,
      });
      const host = new PowerShellHost(transport, hastyTimes);
      await host.createDirectories([{ directory: path.join(folder, "told-to-nobody") }]);
      expect(fs.readdirSync(folder)).toEqual(["told-to-nobody"]);
      await host.close();
      const { text } = line;
      expect(text.match(/multipart\/encrypted;protocol="application\/HTTP-SPNEGO-session-encrypted"/g)?.length).toBeGreaterThan(8);
      for (const secret of secrets) expect([secret, text.includes(secret)]).toEqual([secret, false]);
      for (const piece of ["ConvertFrom-Json", "told-to-nobody"].flatMap(asBase64)) expect(text).not.toContain(piece);
    });

    it("is all that an unsealed request says, where a server lets one in", async () => {
      await serve({ allowUnencrypted: true });
      const client = new PlainClient({
        ...server,
        url: server.url.replace(String(server.port), String(line.port)),
        certificates: undefined,
      });
      const body = "<rsp:Shell><rsp:WorkingDirectory>/</rsp:WorkingDirectory></rsp:Shell>";
      expect((await client.post(envelopeOf(server.url, { operation: "Create", body }))).status).toBe(200);
      client.close();
      expect(secrets.filter((secret) => line.text.includes(secret))).toEqual(expect.arrayContaining(["Envelope", "schemas.xmlsoap.org"]));
      expect(line.text).toContain(asBase64(`:${defaultUser.password}`)[2]);
    });
  });
});
