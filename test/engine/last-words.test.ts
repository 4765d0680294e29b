import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ProviderProcess } from "./provider-process";
import type { Message, Run, TestStack } from "./test-stack";
import { DATA_DISK, filesIn, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());
afterEach(() => place.lab.configure({ bytesPerSecond: "unlimited" }));

/** What the row of the resource says when it is done, and what it said before. */
function rowOf(run: Run): string[] {
  return run.messages.filter(({ ephemeral, urn }) => ephemeral && urn.endsWith("::export")).map(({ text }) => text);
}

describe("the last word of a row is the result", () => {
  let stack: TestStack;
  let exportDirectory: string;
  const program = () => place.program({ exportDirectory });
  beforeAll(async () => {
    stack = await place.stack();
    exportDirectory = place.directory();
  });

  it("of a create that showed its progress", async () => {
    await place.lab.configure({ bytesPerSecond: 3_000_000 });
    const row = rowOf(await stack.up(program()));
    expect(row.length).toBeGreaterThan(1);
    expect(row[0]).toMatch(/^exporting \d+ %/);
    expect(row.at(-1)).toBe("full, 7 MiB in 5 files");
  });

  it("of an update of settings", async () => {
    expect(rowOf(await stack.up(place.program({ exportDirectory, timeouts: { create: "2h" } }))).at(-1)).toBe("full, 7 MiB in 5 files");
  });

  it("of a repair", async () => {
    await place.lab.configure({ bytesPerSecond: 3_000_000 });
    rmSync(join(exportDirectory, DATA_DISK));
    const row = rowOf(await stack.up(program(), { refresh: true }));
    expect(row.at(-1)).toBe("repaired: full, 7 MiB in 5 files");
  });

  it("of records that are written anew, and of damage that was mended by hand", async () => {
    rmSync(join(exportDirectory, "reference-point-export.manifest.json"));
    expect(rowOf(await stack.up(program(), { refresh: true })).at(-1)).toBe("wrote the records anew: full, 7 MiB in 5 files");
  });

  it("of an export that is adopted", async () => {
    rmSync(join(exportDirectory, "reference-point-export.claim.json"));
    const other = await place.stack();
    const adopted = await other.up(place.program({ exportDirectory, onExisting: "adopt" }));
    expect(rowOf(adopted).at(-1)).toBe("adopted what was there: full, 7 MiB in 5 files");
  });
});

describe("the last word of a row that is removed", () => {
  it("is what was removed, kept, or gone already", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await stack.up(place.program({ exportDirectory }));
    expect(rowOf(await stack.destroy()).at(-1)).toBe("5 files, 7 MiB removed");
    await stack.up(place.program({ exportDirectory, onDestroy: "keep" }));
    expect(rowOf(await stack.destroy()).at(-1)).toBe("kept the files and gave the directory up");
    const other = place.directory();
    await stack.up(place.program({ exportDirectory: other }));
    rmSync(other, { recursive: true });
    expect(rowOf(await stack.destroy()).at(-1)).toBe("it was gone already");
  });

  it("comes after what the new export has come to, of a replacement that is made first, and before it of one in place", async () => {
    const stack = await place.stack();
    const [first, second] = [place.directory(), place.directory()];
    await stack.up(place.program({ exportDirectory: first }));
    const elsewhere = await stack.up(place.program({ exportDirectory: second }));
    expect(rowOf(elsewhere).at(-1)).toBe("full, 7 MiB in 5 files; the old one: 5 files, 7 MiB removed");
    const inPlace = await stack.up(place.program({ exportDirectory: second, triggers: [1] }));
    expect(rowOf(inPlace).at(-1)).toBe("full, 7 MiB in 5 files");
    expect(rowOf(inPlace)).toContain("5 files, 7 MiB removed");
    await stack.destroy();
  });
});

describe("Ctrl-C", () => {
  it("says on the row what it waits for and what a second one does, and the export is finished", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await place.lab.configure({ bytesPerSecond: 1_500_000 });
    const cancelling = new AbortController();
    const running = stack.up(place.program({ exportDirectory }), { signal: cancelling.signal });
    while ((await place.lab.describe()).jobs.every((job) => job.exportDirectory !== exportDirectory))
      await new Promise((resolve) => setTimeout(resolve, 50));
    cancelling.abort();
    const run = await running;
    expect(run.ok).toBe(false);
    const said = rowOf(run).filter((text) => text.startsWith("Ctrl-C waits for this to end"));
    expect(said.length).toBeGreaterThan(0);
    expect(said[0]).toContain("a second Ctrl-C ends the run now, and its job goes on, and the next up adopts it");
    expect(rowOf(run).at(-1)).toBe("full, 7 MiB in 5 files");
    expect(stack.resource().outputs.status).toBe("intact");
    expect((filesIn(exportDirectory) ?? []).length).toBeGreaterThan(5);
    await place.expectRestorable([exportDirectory], points.sql01[1]);
  });
});

describe("a run that goes on with what a killed one left", () => {
  const properties = (exportDirectory: string) => ({
    host: place.host,
    virtualMachine: "SQL01",
    referencePoint: points.sql01[1],
    exportDirectory,
    createUrn: "urn:pulumi:dev::words::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::export",
  });

  it.each<[string, (exportDirectory: string) => Promise<unknown>, RegExp]>([
    ["a running job", async () => {}, /^adopted the running job: full, 7 MiB in 5 files$/],
    [
      "a job that has ended meanwhile",
      async (exportDirectory) => {
        await place.lab.configure({ bytesPerSecond: "unlimited" });
        const isRunning = async () =>
          (await place.lab.describe()).jobs.some((one) => one.exportDirectory === exportDirectory && one.jobState !== 7);
        while (await isRunning()) await new Promise((resolve) => setTimeout(resolve, 50));
      },
      /^(adopted the running job|took over what an earlier run had exported): full, 7 MiB in 5 files$/,
    ],
  ])("says so: %s", async (_, meanwhile, expected) => {
    const exportDirectory = place.directory();
    await place.lab.configure({ bytesPerSecond: 1_500_000 });
    const killed = await ProviderProcess.start();
    const { inputs } = await killed.check(properties(exportDirectory));
    killed.create(inputs).catch(() => {});
    while ((await place.lab.describe()).jobs.every((job) => job.exportDirectory !== exportDirectory))
      await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await killed.end("stdin");
    await meanwhile(exportDirectory);
    const next = await ProviderProcess.start();
    await next.create(inputs);
    const texts = next.log.map(({ text }) => text);
    await next.end();
    expect(texts.at(-1)).toMatch(expected);
    await place.expectRestorable([exportDirectory], points.sql01[1]);
  });
});

/** What the CLI ends with where there are changes that were not expected, and where something failed. */
const CHANGES = 7;
const FAILED = 1;

const warnings = (run: Run): Message[] => run.messages.filter(({ severity }) => severity === "warning");

describe("a refresh that finds something warns on the resource", () => {
  let stack: TestStack;
  let exportDirectory: string;
  const program = () => place.program({ exportDirectory });
  beforeAll(async () => {
    stack = await place.stack();
    exportDirectory = place.directory();
    await stack.up(program());
  });

  it("of each problem, and of what the next up does", async () => {
    rmSync(join(exportDirectory, DATA_DISK));
    rmSync(join(exportDirectory, "reference-point-export.manifest.json"));
    for (const run of [await stack.refresh(), await stack.refresh()]) {
      const [warning, ...more] = warnings(run);
      expect(more).toEqual([]);
      expect(warning?.urn).toBe(stack.resource().urn);
      for (const problem of stack.resource().outputs.problems as string[]) expect(warning?.text).toContain(problem);
      expect((stack.resource().outputs.problems as string[]).length).toBe(2);
      expect(warning?.text).toContain("The next pulumi up exports again and swaps the files.");
    }
    expect(await stack.up(program())).toMatchObject({ ok: true });
    expect(warnings(await stack.refresh())).toEqual([]);
  });

  it("with an exit code that a script can test, each time until it is repaired", async () => {
    const look = ["refresh", "--preview-only", "--expect-no-changes"];
    const write = ["refresh", "--yes", "--skip-preview", "--expect-no-changes"];
    expect([stack.command(...look).status, stack.command(...write).status]).toEqual([0, 0]);
    rmSync(join(exportDirectory, DATA_DISK));
    expect([stack.command(...look).status, stack.command(...look).status]).toEqual([CHANGES, CHANGES]);
    expect([stack.command(...write).status, stack.command(...write).status]).toEqual([CHANGES, CHANGES]);
    await place.lab.setFaults([{ fault: "volumeMissing", path: exportDirectory }]);
    expect([stack.command(...look).status, stack.command(...write).status]).toEqual([FAILED, FAILED]);
    await place.lab.clearFaults();
    expect(await stack.up(program())).toMatchObject({ ok: true });
  });

  it("of an unfinished export", async () => {
    await place.lab.setFaults([{ fault: "jobFails", count: 1 }]);
    await stack.up(place.program({ exportDirectory, triggers: [1] }));
    const [warning] = warnings(await stack.refresh());
    expect(warning?.text).toContain("is unfinished. The next pulumi up goes on with it.");
    await stack.up(place.program({ exportDirectory, triggers: [1] }));
  });

  it("of an export that is gone, and why that is known", async () => {
    rmSync(exportDirectory, { recursive: true });
    const [warning, ...more] = warnings(await stack.refresh());
    expect(more).toEqual([]);
    expect(warning?.text).toContain(`${exportDirectory} is gone: its directory is not there, and the folder above it is.`);
    expect(warning?.text).toContain("pulumi up exports it again");
  });
});
