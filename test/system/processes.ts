import { readdirSync, readFileSync } from "node:fs";

/** Processes of this machine as /proc shows them: Linux only. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

/** Every live process whose environment holds the text: what a CLI with that environment has started, however it was orphaned. */
export function processesWith(environmentText: string): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (!readFileSync(`/proc/${name}/environ`, "latin1").includes(environmentText)) return [];
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z") return [];
      const commandLine = readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ");
      return [{ pid: Number(name), parent: Number(parent), commandLine }];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** Ends what is left of a stack's CLI: the language host and a provider process that had not been asked for anything yet. */
export function endAll(processes: readonly Process[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Ended meanwhile.
    }
  }
}

export function isProvider({ commandLine }: Process): boolean {
  return commandLine.includes("dynamic-provider");
}
