import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { endAll, isProvider, processesWith } from "./processes";

export const killKinds = ["cli", "tree", "provider", "two interrupts"] as const;
export type KillKind = (typeof killKinds)[number];

/** Ends a running CLI, or a part of it, and waits until the CLI is gone. False when there was nothing left to kill. */
export async function kill(kind: KillKind, cli: ChildProcess, ended: Promise<unknown>, environmentText: string): Promise<boolean> {
  if (cli.exitCode !== null || cli.pid === undefined) return false;
  const there = processesWith(environmentText);
  switch (kind) {
    case "cli":
      cli.kill("SIGKILL");
      break;
    case "tree":
      endAll(there);
      break;
    case "provider": {
      const providers = there.filter(isProvider);
      endAll(providers);
      if (providers.length === 0) cli.kill("SIGKILL");
      break;
    }
    case "two interrupts":
      cli.kill("SIGINT");
      await sleep(150);
      cli.kill("SIGINT");
      break;
  }
  await ended;
  return true;
}
