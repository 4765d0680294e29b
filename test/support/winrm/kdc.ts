import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { cachedKerberos } from "../../../tools/winrm-peers/kerberos.mjs";
import { freePort, listening } from "../loopback-port";
import { peersPython } from "./acceptor";

export const REALM = "CONTOSO.TEST";
const SBIN = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

export interface KdcOptions {
  /** Names and passwords of accounts. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** Services with keys in `keytab`: "HTTP/hv01.contoso.test". */
  readonly services?: readonly string[];
  /** Services that the KDC knows, and whose keys nobody here has. */
  readonly strangers?: readonly string[];
  /** What its clock is ahead by, as faketime writes it: "+1h". */
  readonly clock?: string;
}

export interface Kdc {
  /** For whoever takes part: KRB5_CONFIG and KRB5_KTNAME. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same, for a client that does not set its clock by the KDC's. */
  readonly punctualEnvironment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Gets a ticket into a file of its own, by kinit's own arguments. Answers the file. */
  ticket(account: string, password: string, ...more: readonly string[]): string;
  /** Commands of kadmin.local. */
  administer(...commands: readonly string[]): void;
  /** What the KDC has written of its work. */
  log(): string;
  close(): Promise<void>;
}

/** What is missing on this machine for a KDC of our own and a client of it; undefined where all is there. */
export function kdcMissing(): string | undefined {
  const programs = ["krb5kdc", "kdb5_util", "kadmin.local"].filter((name) => programPath(name) === undefined);
  const onPath = ["kinit", "faketime"].filter(
    (name) => !(process.env.PATH ?? "").split(":").some((folder) => fs.existsSync(path.join(folder, name))),
  );
  const missing = [...programs, ...onPath];
  if (!fs.existsSync(cachedKerberos().modules)) missing.push("the npm package kerberos (node tools/winrm-peers/ensure.mjs)");
  const python = peersPython();
  if (python === undefined || spawnSync(python, ["-c", "import gssapi"]).status !== 0) missing.push("Python with pyspnego and gssapi");
  return missing.length === 0 ? undefined : missing.join(", ");
}

function programPath(name: string): string | undefined {
  return SBIN.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

/** Starts MIT's KDC on a port of the loopback, with a database and a configuration in a temporary folder. */
export async function startKdc({ accounts = {}, services = [], strangers = [], clock }: KdcOptions): Promise<Kdc> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "kdc-")));
  const file = (name: string) => path.join(folder, name);
  const port = await freePort();
  const clientConfiguration = (more: readonly string[]) =>
    [
      "[libdefaults]",
      ` default_realm = ${REALM}`,
      " dns_lookup_kdc = false",
      " dns_lookup_realm = false",
      " dns_canonicalize_hostname = false",
      " rdns = false",
      ...more,
      `[realms]\n ${REALM} = {\n  kdc = 127.0.0.1:${port}\n }`,
      `[domain_realm]\n .contoso.test = ${REALM}\n`,
    ].join("\n");
  fs.writeFileSync(file("krb5.conf"), clientConfiguration([]));
  fs.writeFileSync(file("punctual.conf"), clientConfiguration([" kdc_timesync = 0"]));
  fs.writeFileSync(
    file("kdc.conf"),
    `[kdcdefaults]\n kdc_listen = 127.0.0.1:${port}\n kdc_tcp_listen = 127.0.0.1:${port}\n` +
      `[realms]\n ${REALM} = {\n  database_name = ${file("principals")}\n  key_stash_file = ${file("stash")}\n  acl_file = ${file("acl")}\n }\n` +
      `[logging]\n kdc = FILE:${file("log")}\n`,
  );
  const client = { KRB5_CONFIG: file("krb5.conf"), KRB5_KTNAME: `FILE:${file("keytab")}` };
  const env = { ...process.env, ...client, KRB5_KDC_PROFILE: file("kdc.conf") };
  execFileSync(programOrThrow("kdb5_util"), ["create", "-s", "-P", "master", "-r", REALM], { env, stdio: "pipe" });
  const commands = [
    // As Active Directory: nobody is given a ticket who has not shown that he has the password.
    ...Object.entries(accounts).map(([name, password]) => `addprinc +requires_preauth -pw "${password}" ${name}`),
    ...[...services, ...strangers].map((name) => `addprinc -randkey ${name}`),
    ...services.map((name) => `ktadd -k ${file("keytab")} ${name}`),
  ];
  const administer = (...more: readonly string[]) => {
    execFileSync(programOrThrow("kadmin.local"), ["-r", REALM], { env, input: `${more.join("\n")}\n`, stdio: "pipe" });
  };
  administer(...commands);

  const kdc = programOrThrow("krb5kdc");
  // Its own process, not one below faketime's: that one could not be ended.
  const library = clock === undefined ? {} : { LD_PRELOAD: fakeClock(), FAKETIME: clock };
  const server = spawn(kdc, ["-n", "-r", REALM], { env: { ...env, ...library }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.on("data", (data) => {
    said += data;
  });
  await listening(port, () => {
    if (server.exitCode !== null) throw new Error(`krb5kdc ended: ${said}`);
  });
  let tickets = 0;
  return {
    environment: client,
    punctualEnvironment: { ...client, KRB5_CONFIG: file("punctual.conf") },
    folder,
    ticket: (account, password, ...more) => {
      const cache = file(`cache${++tickets}`);
      execFileSync("kinit", ["-c", `FILE:${cache}`, ...more, `${account}@${REALM}`], { env, input: `${password}\n`, stdio: "pipe" });
      return cache;
    },
    administer,
    log: () => fs.readFileSync(file("log"), "utf8"),
    close: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The library that gives a process another clock. */
export function fakeClock(): string {
  const text = execFileSync("faketime", ["-f", "+0s", "sh", "-c", "echo $LD_PRELOAD"], { encoding: "utf8" });
  return text.trim();
}

function programOrThrow(name: string): string {
  const found = programPath(name);
  if (found === undefined) throw new Error(`there is no ${name} on this machine`);
  return found;
}
