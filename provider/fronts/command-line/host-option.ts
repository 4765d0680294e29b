import * as path from "node:path";
import { ExportError } from "../../domain/errors/export-error";
import { type HostInput, hostInput } from "../../domain/hosts/host-input";
import { pathRules } from "../../domain/paths/path-rules";
import { whyUnfit } from "../../domain/values/unfit-value";
import type { OpenHosts } from "../open-hosts";
import { HOST_FORMS } from "./host-forms";
import { absolute } from "./local-path";
import { textOfFile } from "./text-file";

/**
 * The host that a command line names. No secret stands there: a key is named by its file or by an environment variable, and nothing that was
 * given is repeated in an error.
 */
export function hostOf(text: string): HostInput {
  if (text === "local") return checked({ kind: "local" });
  if (text.startsWith("simulator:")) return checked({ kind: "simulator", directory: text.slice("simulator:".length) });
  if (/^ssh:/i.test(text)) return checked(sshAddress(text));
  return checked(parsedJson(text.trimStart().startsWith("{") ? text : given(text)));
}

/**
 * A path as a host takes it. On another machine it is absolute: there is no folder that one is in. What a simulator holds lies here, so a
 * link that a person names is followed.
 */
export function hostPath(hosts: OpenHosts, host: HostInput, directory: string): string {
  if (host.kind === "simulator") return absolute(directory);
  const rules = pathRules(hosts.pathStyleOf(host) ?? "windows");
  if (rules.root(directory) !== "" && !directory.includes("\0")) return directory;
  const remedy = "With --host, name directories by their absolute paths on the host, such as D:\\Exports.";
  throw new ExportError("invalid-arguments", {
    step: "read the command line",
    subject: directory,
    reason: "it is no absolute path of the host",
    remedy,
  });
}

/** "DOMAIN\name" and "name@domain" are names of users, so the last "@" is the one that ends them. */
function sshAddress(text: string): Record<string, unknown> {
  const [, user, name = "", port] = /^ssh:\/\/(?:(.*)@)?(\[[0-9A-Fa-f:.]+\]|[^:/@[\]]+)(?::([0-9]{1,5}))?\/?$/i.exec(text) ?? [];
  if (name === "") throw unusable("it is no ssh://[USER@]HOST[:PORT]");
  if (user?.includes(":")) throw unusable("a password stands in it; the login is by key");
  return {
    kind: "ssh",
    hostName: name.replace(/^\[|\]$/g, ""),
    ...(user !== undefined && { userName: decoded(user) }),
    ...(port !== undefined && { port: Number(port) }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unusable("a percent sign in it begins no character");
  }
}

function given(file: string): string {
  try {
    return textOfFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable(code === "ENOENT" ? "it is no kind of host, and no file of that name is there" : `the file cannot be read (${code})`);
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says repeats a part of the text.
    throw unusable("it holds no JSON");
  }
}

const NAME_IT = 'name the environment variable that holds it: { "environment": "NAME" }';

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function checked(value: unknown): HostInput {
  if (typeof memberOf(value, "privateKey") === "string") throw unusable(`privateKey is the key itself; ${NAME_IT}`);
  if (typeof memberOf(memberOf(value, "credential"), "password") === "string")
    throw unusable(`password is the password itself; ${NAME_IT}`);
  const parsed = hostInput.safeParse(value);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => [issue.path.join("."), whyUnfit(issue)].filter((part) => part !== "").join(": "));
    throw unusable(issues.join("; ").replace(/\.$/, ""));
  }
  const host = parsed.data;
  return host.kind === "simulator" ? { ...host, directory: path.resolve(host.directory) } : host;
}

function unusable(reason: string): ExportError {
  return new ExportError("invalid-arguments", { step: "use the host", subject: "--host", reason, remedy: `Give ${HOST_FORMS}.` });
}
