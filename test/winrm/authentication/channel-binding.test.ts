import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endPointBinding } from "../../../provider/host/powershell/transports/winrm/authentication/channel-binding";
import type { LoginOptions } from "../../../provider/host/powershell/transports/winrm/authentication/login";
import { newLogin } from "../../../provider/host/powershell/transports/winrm/authentication/new-login";
import { Acceptor } from "../../support/winrm/acceptor";
import { describeWithPeers } from "../../support/winrm/describe-with-peers";
import { logIn } from "../../support/winrm/log-in";

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "binding-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const elliptic = (curve: string, hash: string) => ["ec", "-pkeyopt", `ec_paramgen_curve:${curve}`, hash];

/** A certificate (DER) whose signature is made as openssl's arguments say. */
function certificate(...newKey: readonly string[]): Buffer {
  const files = ["-keyout", path.join(folder, "key.pem"), "-outform", "DER"];
  return execFileSync("openssl", ["req", "-x509", "-nodes", "-subj", "/CN=hv01", ...files, "-newkey", ...newKey], { stdio: "pipe" });
}

const kinds: readonly [string, readonly string[]][] = [
  ["SHA-1 with RSA", ["rsa:2048", "-sha1"]],
  ["SHA-256 with RSA", ["rsa:2048", "-sha256"]],
  ["SHA-384 with RSA", ["rsa:2048", "-sha384"]],
  ["SHA-512 with RSA", ["rsa:2048", "-sha512"]],
  ["SHA-384 with RSA-PSS", ["rsa:2048", "-sha384", "-sigopt", "rsa_padding_mode:pss"]],
  ["SHA-256 with ECDSA", elliptic("P-256", "-sha256")],
  ["SHA-384 with ECDSA", elliptic("P-384", "-sha384")],
  ["SHA-512 with ECDSA", elliptic("P-256", "-sha512")],
];

describeWithPeers(() => {
  let acceptor: Acceptor;
  beforeAll(() => {
    acceptor = Acceptor.start({ users: [{ domain: "", name: "backup", password: "right" }] });
  });
  afterAll(() => acceptor.close());

  const login = (serverCertificate: Buffer | undefined) => {
    const options = {
      computerName: "hv01",
      port: 5986,
      authentication: "ntlm",
      useSsl: true,
      userName: "backup",
      password: "right",
    } as const;
    return newLogin({ ...options, serverCertificate } satisfies LoginOptions);
  };

  it.each(kinds)("a login is bound to a certificate that is signed by %s, as peers bind theirs", async (_, newKey) => {
    const own = certificate(...newKey);
    const connection = await acceptor.connection({ protocol: "negotiate", certificate: own });
    const made = await login(own);
    expect((await logIn(made, connection)).accepted.done).toBe(true);
    // TLS has sealed it already.
    expect(made.encryption).toBeUndefined();
  });

  it("a login through another certificate, as of somebody in between, is not let in", async () => {
    const [own, other] = [certificate("rsa:2048"), certificate("rsa:2048")];
    const connection = await acceptor.connection({ protocol: "negotiate", certificate: own });
    await expect(logIn(await login(other), connection)).rejects.toMatchObject({ details: { fault: "loginRefused" } });
  });

  it("a login without a binding is not let in where the host asks for one", async () => {
    const connection = await acceptor.connection({ protocol: "negotiate", certificate: certificate("rsa:2048") });
    await expect(logIn(await login(undefined), connection)).rejects.toMatchObject({ details: { fault: "loginRefused" } });
  });

  it("a host that asks for no binding does not mind one", async () => {
    const connection = await acceptor.connection({ protocol: "negotiate" });
    expect((await logIn(await login(certificate("rsa:2048")), connection)).accepted.done).toBe(true);
  });
});

describe("a certificate without a binding", () => {
  it("is one whose signature has no hash, and what is none at all", () => {
    expect(endPointBinding(certificate("ed25519"))).toBeUndefined();
    const whole = certificate("rsa:2048");
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from([0x30]),
      Buffer.from("308500000000", "hex"),
      whole.subarray(0, 100),
      Buffer.alloc(64, 0xff),
    ])
      expect(endPointBinding(bytes)).toBeUndefined();
  });
});
