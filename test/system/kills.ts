import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type KillKind, kill } from "./kill-kinds";
import { declared, NightlyStack } from "./nightly-stack";
import type { WayName } from "./ways";

export const operations = ["up", "repair", "destroy"] as const;
export type KilledOperation = (typeof operations)[number];

const FOREIGN = "notes of the night shift";

/**
 * Kills one operation at a moment, does what the README says, and holds what is there against what is declared.
 *
 * @param moment milliseconds after the command was started
 * @returns whether there was something left to kill at that moment
 */
export async function killOnce(operation: KilledOperation, kind: KillKind, moment: number, way: WayName = "simulator"): Promise<boolean> {
  const stack = await NightlyStack.open(undefined, { way });
  try {
    if (operation !== "up") expect((await stack.run("up", "--skip-preview")).ok).toBe(true);
    const damaged = operation === "repair" ? await damage(stack) : undefined;
    const { cli, ended } = stack.start(operation === "destroy" ? "destroy" : "up");
    await sleep(moment);
    const inTime = await kill(kind, cli, ended, stack.environmentText);
    await expectNoProcess(stack);

    await stack.recover();
    if (operation === "destroy") {
      expect((await stack.run("destroy", "--skip-preview")).text).not.toContain("error:");
      expect(readdirSync(stack.exports)).toEqual([]);
      return inTime;
    }
    const recovered = await stack.run("up", "--skip-preview");
    expect(recovered.ok, recovered.text).toBe(true);
    await expectDeclared(stack, damaged);
    const again = await stack.run("up", "--skip-preview", "--expect-no-changes");
    expect(again.ok, again.text).toBe(true);
    return inTime;
  } finally {
    await stack.close();
  }
}

async function damage(stack: NightlyStack): Promise<string> {
  writeFileSync(join(stack.directory("web"), "notes.txt"), FOREIGN);
  truncateSync(join(stack.directory("web"), "Virtual Hard Disks", "WEB01.vhdx"), 1000);
  expect((await stack.run("refresh", "--skip-preview")).ok).toBe(true);
  return "web";
}

/** A killed CLI must not leave anything of ours behind that goes on exporting. */
async function expectNoProcess(stack: NightlyStack): Promise<void> {
  const until = Date.now() + 5000;
  let alive = stack.ourProcesses();
  while (alive.length > 0 && Date.now() < until) {
    await sleep(100);
    alive = stack.ourProcesses();
  }
  expect(alive.map(({ commandLine }) => commandLine)).toEqual([]);
}

async function expectDeclared(stack: NightlyStack, damaged: string | undefined): Promise<void> {
  for (const { name, machine, point, chain } of declared) {
    const into = join(stack.exports, "..", "restored");
    const { disks } = await stack.lab.restore({ exports: chain.map((link) => stack.directory(link)), into });
    for (const disk of disks) {
      const expected = await stack.lab.diskSha256({ virtualMachine: machine, disk: disk.name, referencePoint: point });
      expect(disk.sha256, `${name}: ${disk.name}`).toBe(expected);
    }
    rmSync(into, { recursive: true });
  }
  const left = readdirSync(stack.exports, { recursive: true }).map(String);
  expect(left.filter((path) => /\.tmp$|\.repair-/.test(path))).toEqual([]);
  if (damaged) expect(readFileSync(join(stack.directory(damaged), "notes.txt"), "utf8")).toBe(FOREIGN);

  // One call that the host accepted for each export, and one more for the repair.
  const accepted = (await stack.lab.calls()).filter((call) => call.method === "ExportReferencePoint" && call.returnCode <= 4096);
  expect(
    accepted
      .map((call) =>
        call.exportDirectory
          .split("/")
          .slice(-2)
          .join("/")
          .replace(/^exports\//, "")
          .replace(/\.repair-.*/, "repair"),
      )
      .sort(),
  ).toEqual([...declared.map(({ name }) => name), ...(damaged ? [`${damaged}/repair`] : [])].sort());
}
