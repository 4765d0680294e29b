import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repository } from "../../../tools/set-up/repository.mjs";

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "package-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const module_ = path.join(repository, "dist/host/powershell/transports/winrm/authentication/new-login.js");

/** What a login comes to in a process that finds modules in these folders alone. */
function logIn(options: Readonly<Record<string, unknown>>, modules: string): Record<string, string> {
  const script = `require(${JSON.stringify(module_)}).newLogin(${JSON.stringify(options)}).then(
    (login) => ({ login: login.constructor.name }),
    ({ name, message, details }) => ({ name, message, ...details }),
  ).then((answer) => console.log(JSON.stringify(answer)))`;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8", env: { ...process.env, NODE_PATH: modules } }));
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
