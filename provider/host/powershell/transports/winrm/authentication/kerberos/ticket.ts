import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Past it a domain controller is taken for silent. */
const LIMIT_MS = 30_000;

/** Why there is no ticket. */
export interface TicketProblem {
  readonly problem: string;
  /** There is no kinit on this machine. */
  readonly isProgramMissing: boolean;
}

/** A cache of tickets in a folder that only this account may enter. */
export interface OwnCache {
  readonly file: string;
  remove(): void;
}

/** Gets a ticket for a password, by kinit. The password goes through kinit's standard input; neither its arguments nor its environment hold it. */
export async function ticketFor(userName: string, password: string): Promise<OwnCache | TicketProblem> {
  const folder = mkdtempSync(join(tmpdir(), "hyperv-ticket-"));
  const remove = atExit(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "cache");
  const problem = await kinit(principalOf(userName), password, `FILE:${file}`);
  if (problem === undefined) return { file, remove };
  remove();
  return problem;
}

/** What would outlive this process: kinit, and a folder with a ticket that is good for hours. */
const leftovers = new Set<() => void>();

function endAll(): void {
  for (const end of leftovers) end();
}

/** The end is made when it is called, or else when this process exits. */
function atExit(end: () => void): () => void {
  if (leftovers.size === 0) process.on("exit", endAll);
  leftovers.add(end);
  return () => {
    end();
    leftovers.delete(end);
    if (leftovers.size === 0) process.off("exit", endAll);
  };
}

/** Realms of Windows are the domain's name in capitals. */
function principalOf(userName: string): string {
  const [domain, name] = userName.includes("\\") ? userName.split("\\", 2) : [];
  const full = name === undefined ? userName : `${name}@${domain}`;
  const at = full.lastIndexOf("@");
  return at === -1 ? full : full.slice(0, at + 1) + full.slice(at + 1).toUpperCase();
}

function kinit(principal: string, password: string, cache: string): Promise<TicketProblem | undefined> {
  // macOS has Heimdal's, which reads a terminal unless it is told otherwise.
  const input = process.platform === "darwin" ? ["--password-file=STDIN"] : [];
  return new Promise((resolve) => {
    const child = spawn("kinit", [...input, "-c", cache, "--", principal], { env: environment(), stdio: "pipe", windowsHide: true });
    const stop = atExit(() => child.kill("SIGKILL"));
    let said = "";
    const timer = setTimeout(() => {
      said = "timed out: kinit has not ended";
      stop();
    }, LIMIT_MS);
    const end = (problem: TicketProblem | undefined) => {
      clearTimeout(timer);
      stop();
      resolve(problem);
    };
    child.once("error", ({ message }) => end({ problem: message, isProgramMissing: true }));
    child.once("close", (code) => end(code === 0 ? undefined : { problem: said || `kinit ended with ${code}`, isProgramMissing: false }));
    child.stdout.on("data", (data) => {
      // Of its prompts one says why it will end.
      if (/expired/i.test(String(data))) said += "Password has expired. ";
    });
    child.stderr.on("data", (data) => {
      said += data;
    });
    child.stdin.on("error", () => {});
    child.stdin.end(`${password}\n`);
  });
}

/** Nothing else of this process: a variable of it may hold the password, also one that is called KRB5_PASSWORD. */
function environment(): NodeJS.ProcessEnv {
  const handedDown = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|USER|TMPDIR|LD_LIBRARY_PATH|KRB5_CONFIG|KRB5_TRACE)$/.test(name),
  );
  return { ...Object.fromEntries(handedDown), LC_ALL: "C" };
}
