import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type LocalOptions, localTransport } from "../../provider/host/powershell/index";
import { Session, type SessionTimes, sessionTimes } from "../../provider/host/powershell/session/session";

/** A folder for a test's files, and the sessions that it opens: all gone at its end. */
export class ShellRoom {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "powershell-")));
  private readonly sessions: Session[] = [];
  private scripts = 0;

  constructor(private readonly powershell: string) {}

  async open(times: Partial<SessionTimes> = {}, options: LocalOptions = { executable: this.powershell }): Promise<Session> {
    const session = await Session.open(localTransport(options), { ...sessionTimes, ...times });
    this.sessions.push(session);
    return session;
  }

  path(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  write(name: string, content: string): string {
    fs.writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** A program that stands in for PowerShell: a script of sh, which finds the real one in $POWERSHELL. */
  program(script: string): string {
    const file = this.path(`program-${++this.scripts}`);
    fs.writeFileSync(file, `#!/bin/sh\nPOWERSHELL='${this.powershell}'\n${script}\n`, { mode: 0o755 });
    return file;
  }

  async remove(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.close()));
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // What has ended and was not waited for yet is no process any more.
    return !/^State:\s*Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Waits until it holds; the test's own time limit is the only one. */
export async function until(holds: () => boolean | Promise<boolean>, pauseMs = 20): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, pauseMs));
}
