import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CheckpointExport, ExportChain, ReferencePointExport } from "pulumi-hyperv-reference-point";
import { afterAll, beforeAll, expect, it } from "vitest";
import { machineBackups } from "../../provider/domain/backups/machine-backups";
import { stackBackups } from "../../provider/domain/backups/stack-backups";
import type { ListReport } from "../../provider/domain/tree/tree-report";
import { runTool } from "../command-line/run-tool";
import { machines, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
  await place.lab.configure({ pointJobDuration: 0 });
});
afterAll(() => place.close());

it("a report by the state that the real CLI exports tells what a look at the directories tells", async () => {
  const stack = await place.stack();
  const [chain, single, byCheckpoint] = [place.directory(), place.directory(), place.directory()];
  const run = await stack.up(async () => {
    const { host } = place;
    new ExportChain("chain", {
      host,
      virtualMachine: "SQL01",
      directory: chain,
      via: "referencePoint",
      generation: { every: "1d" },
      keep: { last: 4 },
    });
    new CheckpointExport("by-checkpoint", { host, virtualMachine: "SQL01", exportDirectory: byCheckpoint });
    new ReferencePointExport("single", { host, virtualMachine: "SQL01", referencePoint: points.sql01[0], exportDirectory: single });
  });
  expect(run.ok).toBe(true);
  const file = join(place.scratch, "stack.json");
  const { status, stderr } = stack.command("stack", "export", "--file", file);
  expect([status, stderr]).toEqual([0, ""]);

  const told = stackBackups(readFileSync(file, "utf8"));
  expect(told?.unreadable).toEqual([]);
  const { output } = await runTool(["list", "--json", place.scratch]);
  const found = JSON.parse(output) as ListReport;
  const known = (from: Parameters<typeof machineBackups>) =>
    machineBackups(...from).map(({ name, id, backups }) => ({
      name,
      id,
      // A state tells a chain's dates to the second.
      backups: backups
        .map(({ directory, kind, date, bytes, condition }) => [basename(directory), kind, date?.slice(0, 19), bytes, condition])
        .sort(),
    }));
  const byState = known([{ chains: [], exports: [], directories: [] }, told]);
  expect(byState).toEqual(known([found]));
  expect(byState).toMatchObject([{ name: "SQL01", id: machines.sql01, backups: [{}, {}, {}] }]);
  // What both tell is told once.
  expect(known([found, told])).toEqual(byState);

  const page = join(place.scratch, "page.html");
  const report = (...words: string[]) => runTool(["report", ...words, "--max-age", "26h", "--out", page]);
  expect((await report("--stack-export", file)).code).toBe(0);
  expect((await report(place.scratch, "--stack-export", file)).code).toBe(0);
  expect(readFileSync(page, "utf8")).toContain("Next one due: ");
  rmSync(single, { recursive: true });
  expect((await report(place.scratch, "--stack-export", file)).code).toBe(1);
  writeFileSync(file, "{}");
  expect((await report(place.scratch, "--stack-export", file)).code).toBe(2);
});
