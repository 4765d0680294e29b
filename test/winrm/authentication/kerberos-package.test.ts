import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repository } from "../../../tools/set-up/repository.mjs";
import { isAlive, until } from "../../powershell/shell-room";

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "package-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const module_ = path.join(repository, "dist/host/powershell/transports/winrm/authentication/new-login.js");

/** What a login comes to in a process that finds modules in these folders alone. */
function logIn(
  options: Readonly<Record<string, unknown>>,
  modules: string,
  variables: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const script = `require(${JSON.stringify(module_)}).newLogin(${JSON.stringify(options)}).then(
    (login) => ({ login: login.constructor.name }),
    ({ name, message, details }) => ({ name, message, ...details }),
  ).then((answer) => console.log(JSON.stringify(answer)))`;
  return JSON.parse(
    execFileSync(process.execPath, ["-e", script], { encoding: "utf8", env: { ...process.env, NODE_PATH: modules, ...variables } }),
  );
}

const options = { computerName: "hv01", port: 5986, useSsl: true, userName: "backup@contoso.example", password: "a-password" };

it("says how to install the package where it is not there", () => {
  const error = logIn({ ...options, authentication: "kerberos" }, "");
  expect(error).toMatchObject({ name: "HostError", fault: "programMissing", remedy: expect.stringContaining("npm install kerberos@7") });
  expect(error.message).toBe("Kerberos needs the npm package kerberos, and it is not installed.");
});

it("says what is wrong with the package where it cannot be loaded", () => {
  fs.mkdirSync(path.join(folder, "kerberos"));
  fs.writeFileSync(
    path.join(folder, "kerberos/index.js"),
    'throw new Error("libgssapi_krb5.so.2: cannot open shared object file\\nand more")',
  );
  const error = logIn({ ...options, authentication: "kerberos" }, folder);
  expect(error.message).toBe(
    "Kerberos needs the npm package kerberos, and it cannot be loaded: libgssapi_krb5.so.2: cannot open shared object file.",
  );
});

it("negotiate takes NTLM without the package, and asks for the package where there is no password", () => {
  expect(logIn({ ...options, authentication: "negotiate" }, "")).toEqual({ login: "NtlmLogin" });
  const { userName: _, password: __, ...nobody } = options;
  expect(logIn({ ...nobody, authentication: "negotiate" }, "")).toMatchObject({ fault: "programMissing" });
});

it.skipIf(process.platform === "win32")("gives kinit the password by its standard input alone", () => {
  const bin = path.join(folder, "bin");
  const modules = path.join(folder, "installed");
  fs.mkdirSync(bin);
  fs.mkdirSync(path.join(modules, "kerberos"), { recursive: true });
  fs.writeFileSync(path.join(modules, "kerberos/index.js"), "");
  fs.writeFileSync(
    path.join(bin, "kinit"),
    `#!/bin/sh\n{ echo "$@"; env; echo "input: $(cat)"; } > ${bin}/seen\necho "kinit: Password incorrect while getting initial credentials" >&2\nexit 1\n`,
    { mode: 0o755 },
  );
  const path_ = `${bin}${path.delimiter}${process.env.PATH}`;
  const answer = logIn({ ...options, authentication: "kerberos" }, modules, {
    PATH: path_,
    HV_PASSWORD: "a-password",
    KRB5_PASSWORD: "a-password",
  });
  expect(answer).toMatchObject({ fault: "loginRefused", message: expect.stringContaining("the password is wrong") });
  const seen = fs.readFileSync(path.join(bin, "seen"), "utf8").split("\n");
  expect(seen[0]).toMatch(/^-c FILE:\S+ -- backup@CONTOSO\.EXAMPLE$/);
  expect(seen.filter((line) => line.includes("a-password"))).toEqual(["input: a-password"]);
});

it.skipIf(process.platform === "win32")(
  "leaves neither kinit nor a ticket behind where the process exits meanwhile",
  async () => {
    const bin = path.join(folder, "slow");
    const modules = path.join(folder, "beside-slow");
    const temporary = path.join(folder, "temporary");
    for (const one of [bin, path.join(modules, "kerberos"), temporary]) fs.mkdirSync(one, { recursive: true });
    fs.writeFileSync(path.join(modules, "kerberos/index.js"), "");
    const kinit = `#!/bin/sh\necho ticket > "\${2#FILE:}"\necho $$ > ${bin}/pid\nexec sleep 60\n`;
    fs.writeFileSync(path.join(bin, "kinit"), kinit, { mode: 0o755 });
    const script = `require(${JSON.stringify(module_)}).newLogin(${JSON.stringify({ ...options, authentication: "kerberos" })});
    const hasBegun = () => require("node:fs").existsSync(${JSON.stringify(path.join(bin, "pid"))});
    setInterval(() => { if (hasBegun()) process.exit(0); }, 20);`;
    const env = { ...process.env, NODE_PATH: modules, TMPDIR: temporary, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
    execFileSync(process.execPath, ["-e", script], { env, timeout: 20_000 });
    expect(fs.readdirSync(temporary)).toEqual([]);
    const pid = Number(fs.readFileSync(path.join(bin, "pid"), "utf8"));
    await until(() => !isAlive(pid));
  },
  30_000,
);

it("asks SSPI on Windows by the names that the package reads, and takes NTLM where that has settled on it", () => {
  // In the place of the package: it tells what it was asked, and logs in by a bare NTLM of two legs, whose last answer has no token.
  const played = path.join(folder, "sspi/kerberos");
  fs.mkdirSync(played, { recursive: true });
  fs.writeFileSync(
    path.join(played, "index.js"),
    `exports.initializeClient = async (service, options) => {
      console.log(JSON.stringify({ service, ...options }));
      let steps = 0;
      return {
        username: null,
        contextComplete: true,
        async step(challenge) { if (++steps === 2) this.username = "backup"; return Buffer.from("leg" + steps + challenge).toString("base64"); },
        async wrap(message, { protect }) {
          const signature = Buffer.from("01000000111111111111111100000000", "hex");
          return Buffer.concat([signature, Buffer.from(message, "base64").map((byte) => byte ^ (protect ? 255 : 0))]).toString("base64");
        },
      };
    };`,
  );
  const script = `Object.defineProperty(process, "platform", { value: "win32" });
    const options = { computerName: "hv01", port: 5985, useSsl: false, authentication: "negotiate", userName: "CONTOSO\\\\backup", password: "secret" };
    require(${JSON.stringify(module_)}).newLogin(options).then(async (login) => {
      console.log(await login.next([]));
      console.log(await login.next(["Negotiate YWJj"]));
      await login.accepted([]);
      console.log((await login.encryption.seal(Buffer.from("plain"))).body.toString("latin1"));
    });`;
  const env = { ...process.env, NODE_PATH: path.dirname(played) };
  const said = execFileSync(process.execPath, ["-e", script], { encoding: "latin1", env });
  const [asked = "", first, second, ...sealed] = said.split("\n");
  expect(JSON.parse(asked)).toEqual({
    service: "HTTP/hv01",
    mechOID: 6,
    flags: 0x1001e,
    user: "backup",
    domain: "CONTOSO",
    password: "secret",
  });
  expect([first, second]).toEqual(
    ["leg1", `leg2${Buffer.from("abc").toString("base64")}`].map((leg) => `Negotiate ${Buffer.from(leg).toString("base64")}`),
  );
  expect(sealed.join("\n")).toContain("HTTP-SPNEGO-session-encrypted");
  expect(sealed.join("\n")).not.toContain("plain");
});
