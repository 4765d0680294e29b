import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ReferencePointExport, type ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opOf, type Run, type TestStack } from "./test-stack";
import { CLAIM, DATA_DISK, filesIn, MANIFEST, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

/** What the error tells to do. */
function remedyOf(run: Run): string {
  expect(run.ok).toBe(false);
  return /What to do: (.*)/.exec(run.text)?.[1] ?? "";
}

const calls = async () => (await place.lab.calls()).filter(({ returnCode }) => returnCode === 0 || returnCode === 4096).length;

/** An export, and the number of calls that it took to make it. */
async function exported(args: Partial<ReferencePointExportArgs> = {}) {
  const stack = await place.stack();
  const directory = place.directory();
  expect(await stack.up(place.program({ exportDirectory: directory, ...args }))).toMatchObject({ ok: true });
  return { stack, directory, files: filesIn(directory), made: await calls() };
}

/** The export is as it was, was not made anew, and is removed by a destroy. */
async function expectKept({ stack, directory, files, made }: Awaited<ReturnType<typeof exported>>): Promise<void> {
  expect(filesIn(directory)).toEqual(files);
  expect(await calls()).toBe(made);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
  await place.expectRestorable([directory], points.sql01[1]);
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect(filesIn(directory)).toBeUndefined();
}

describe("a resource that is renamed without an alias is told of aliases, and nothing is lost by following that", () => {
  it("under another name", async () => {
    const one = await exported();
    const renamed = (aliases: pulumi.Input<string>[]) => place.program({ exportDirectory: one.directory }, { name: "renamed", aliases });
    const remedy = remedyOf(await one.stack.up(renamed([])));
    expect(remedy).not.toMatch(/destroy/i);
    const alias = /aliases: \["([^"]+)"\]/.exec(remedy)?.[1] ?? "";
    expect(await one.stack.up(renamed([alias]))).toMatchObject({ ok: true });
    await expectKept(one);
  });

  it("as the child of a component", async () => {
    const one = await exported();
    const moved = (aliases: pulumi.Input<string>[]) => async () => {
      const parent = new pulumi.ComponentResource("ops:backup:Nightly", "nightly");
      await place.program({ exportDirectory: one.directory }, { parent, aliases })();
    };
    const alias = /aliases: \["([^"]+)"\]/.exec(remedyOf(await one.stack.up(moved([]))))?.[1] ?? "";
    expect(await one.stack.up(moved([alias]))).toMatchObject({ ok: true });
    await expectKept(one);
  });

  it("but not where another stack has the directory: an alias would be of no use", async () => {
    const one = await exported();
    const other = await place.stack();
    const remedy = remedyOf(await other.up(place.program({ exportDirectory: one.directory })));
    expect(remedy).toContain("Choose another directory");
    expect(remedy).not.toMatch(/alias|destroy/i);
    await expectKept(one);
  });
});

describe("a directory that has moved for good is taken over where it lies now", () => {
  it("when a link was left in its place", async () => {
    const one = await exported();
    const there = join(place.scratch, "moved");
    renameSync(one.directory, there);
    symlinkSync(there, one.directory);
    const remedy = remedyOf(await one.stack.refresh());
    expect(remedy).toContain('take away the link, set exportDirectory to where the directory lies now and onExisting to "adopt"');
    unlinkSync(one.directory);
    expect(await one.stack.up(place.program({ exportDirectory: there, onExisting: "adopt" }))).toMatchObject({ ok: true });
    await expectKept({ ...one, directory: there });
  });

  it("when a folder above was moved, and a link was left in its place", async () => {
    const above = join(place.scratch, "above");
    const one = await exported({ exportDirectory: join(above, "export") });
    const directory = join(above, "export");
    const files = filesIn(directory);
    renameSync(above, join(place.scratch, "elsewhere"));
    symlinkSync(join(place.scratch, "elsewhere"), above);
    const told = /set exportDirectory to (\S+) and onExisting to "adopt"/.exec(remedyOf(await one.stack.refresh()))?.[1] ?? "";
    expect(told).toBe(join(place.scratch, "elsewhere", "export"));
    expect(await one.stack.up(place.program({ exportDirectory: told, onExisting: "adopt" }))).toMatchObject({ ok: true });
    await expectKept({ ...one, directory: told, files });
  });
});

describe("a create that the host refuses leaves nothing behind", () => {
  it("such as a base that is not older than the point", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const refused = await stack.up(place.program({ exportDirectory, baseReferencePoint: points.sql01[2] }));
    expect(remedyOf(refused)).toContain("Name a point as the base that is older than referencePoint");
    expect(refused.text).toContain("Code: base-reference-point-not-older");
    expect(existsSync(exportDirectory)).toBe(false);
    expect(stack.resources()).toEqual([]);
    expect(await stack.up(place.program({ exportDirectory, baseReferencePoint: points.sql01[0] }))).toMatchObject({ ok: true });
    expect(stack.resource().outputs.kind).toBe("differential");
  });

  it("or a volume without space, also where the directory was there", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    mkdirSync(exportDirectory);
    await place.lab.configure({ freeBytes: 1000 });
    expect((await stack.up(place.program({ exportDirectory }))).text).toContain("Code: not-enough-space");
    await place.lab.configure({ freeBytes: "native" });
    expect(filesIn(exportDirectory) ?? []).toEqual([]);
    expect(stack.resources()).toEqual([]);
    const other = await place.stack();
    expect(await other.up(place.program({ exportDirectory }))).toMatchObject({ ok: true });
  });

  it("but what has been written stays known, and the next up clears it", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await place.lab.setFaults([{ fault: "diskFull", atPercent: 60, count: 1 }]);
    const full = await stack.up(place.program({ exportDirectory }));
    expect(remedyOf(full)).toContain("Free space on the volume");
    expect(full.text).toContain("Code: job-failed");
    expect(stack.resource().outputs.status).toBe("incomplete");
    expect(await stack.up(place.program({ exportDirectory }))).toMatchObject({ ok: true });
    await place.expectRestorable([exportDirectory], points.sql01[1]);
  });
});

describe("a damaged export that cannot be made again is not to be replaced before it has been saved", () => {
  it.each<[string, (lab: Simulator) => Promise<unknown>, string]>([
    ["machine", () => emptyLab(), "virtual-machine-not-found"],
    ["point", (lab) => lab.removeReferencePoint(points.sql01[1]), "reference-point-not-found"],
    ["disk", (lab) => lab.removeDisk({ virtualMachine: "SQL01", disk: "SQL01-data.vhdx" }), "disk-not-on-machine"],
  ])("since its %s is gone", async (what, takeAway, code) => {
    const lab = await Simulator.open(join(place.scratch, `lab-${what}`));
    await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0 });
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = place.program({ exportDirectory, host: { kind: "simulator", directory: lab.directory } });
    expect(await stack.up(program)).toMatchObject({ ok: true });
    truncateSync(join(exportDirectory, DATA_DISK), 100);
    const left = filesIn(exportDirectory);
    await stack.refresh();
    if (what === "machine") renameSync(lab.directory, `${lab.directory}-before`);
    await takeAway(lab);
    const run = await stack.up(program);
    expect(run.text).toContain(`Code: ${code}`);
    const remedy = remedyOf(run);
    expect(remedy).toContain(`The damaged export cannot be made again, since its ${what} is gone. First copy what you need of it`);
    expect(remedy).not.toMatch(/correct|name the disks/i);
    expect(filesIn(exportDirectory)).toEqual(left);
    expect(stack.resource().outputs.status).toBe("damaged");
  });

  function emptyLab(): Promise<Simulator> {
    return Simulator.open(join(place.scratch, "lab-machine"), { machines: "none" });
  }
});

describe("what is out of reach for good is given up by an id, since a pending delete has the URN of its successor", () => {
  let stack: TestStack;
  let former: string;
  let latter: string;
  let replaced: Run;
  beforeAll(async () => {
    const one = await exported();
    ({ stack } = one);
    former = stack.resource().id;
    await place.lab.setFaults([{ fault: "volumeMissing", path: one.directory }]);
    replaced = await stack.up(place.program({ exportDirectory: place.directory() }));
    latter = stack.resources().find(({ id, type }) => id !== former && type.includes("ReferencePointExport"))?.id ?? "";
  });
  afterAll(() => place.lab.clearFaults());

  it("names the id of what is to be deleted, and not that of the export that is there", () => {
    expect(stack.resources().filter(({ type }) => type.includes("ReferencePointExport"))).toHaveLength(2);
    const remedy = remedyOf(replaced);
    expect(replaced.text).toContain("Code: volume-missing");
    expect(remedy).toContain("Mount the volume");
    expect(remedy).toContain(`pulumi state delete '${stack.resource().urn}'`);
    expect(remedy).toContain(`the one with the id ${former}`);
    expect(remedy).not.toContain(latter);
  });

  it("is not said of a create: there is nothing to give up", async () => {
    const directory = place.directory();
    await place.lab.setFaults([{ fault: "volumeMissing", path: directory }]);
    const remedy = remedyOf(await (await place.stack()).up(place.program({ exportDirectory: directory })));
    expect(remedy).toBe("Mount the volume, or correct exportDirectory, and run the command again.");
  });
});

describe("a directory that is taken", () => {
  let directory: string;
  let files: string[] | undefined;
  beforeAll(async () => {
    ({ directory } = await exported({ onDestroy: "keep" }));
    rmSync(join(directory, CLAIM));
    files = filesIn(directory);
  });

  const up = async (args: Partial<ReferencePointExportArgs> = {}) =>
    (await place.stack()).up(place.program({ exportDirectory: directory, ...args }));

  it("by the export that is declared says adopt, and no file", async () => {
    const run = await up();
    expect(remedyOf(run)).toMatch(/^Set onExisting to "adopt" to take it over/);
    expect(run.text).not.toContain(DATA_DISK);
  });

  it("by an export of something else does not say adopt", async () => {
    expect(remedyOf(await up({ referencePoint: points.sql01[2] }))).not.toContain("adopt");
  });

  it("says which files keep it from being adopted", async () => {
    const stack = await place.stack();
    renameSync(join(directory, DATA_DISK), join(place.scratch, "aside.vhdx"));
    const run = await stack.up(place.program({ exportDirectory: directory, onExisting: "adopt" }));
    expect(run.text).toContain(`its manifest says: ${DATA_DISK}`);
    expect(remedyOf(run)).toMatch(/^Restore what is named/);
    renameSync(join(place.scratch, "aside.vhdx"), join(directory, DATA_DISK));
    expect(await stack.up(place.program({ exportDirectory: directory, onExisting: "adopt" }))).toMatchObject({ ok: true });
    expect(filesIn(directory)).toEqual([...(files ?? []), CLAIM].sort());
    expect(await stack.destroy()).toMatchObject({ ok: true });
  });

  it("by files of nobody does not promise that they can be adopted", async () => {
    const stack = await place.stack();
    const taken = place.directory();
    expect(await stack.up(place.program({ exportDirectory: taken }))).toMatchObject({ ok: true });
    for (const record of [CLAIM, MANIFEST]) rmSync(join(taken, record));
    const remedy = remedyOf(await (await place.stack()).up(place.program({ exportDirectory: taken })));
    expect(remedy).toBe("Choose another directory, or move what is in this one away.");
  });
});

it("a path is said once, also where a file of this machine is what failed", async () => {
  const stack = await place.stack();
  const below = join(place.scratch, "locked");
  mkdirSync(below);
  chmodSync(below, 0o500);
  const exportDirectory = join(below, "export");
  const run = await stack.up(place.program({ exportDirectory }));
  chmodSync(below, 0o700);
  if (run.ok) return; // An administrator may do it all the same.
  const diagnostic = run.messages.find(({ text }) => text.includes("Code: access-denied"))?.text ?? "";
  expect(diagnostic.split(exportDirectory)).toHaveLength(2);
});

describe("a name that is not there is answered with those that are", () => {
  it.each<[string, string, RegExp]>([
    ["two letters exchanged", "SLQ01", /it has "SQL01", /],
    ["white space in it", "WEB 01", /it has "WEB01", .*"WEB01" differs .* only in white space/],
    ["an accent in two characters", "Cafe\u0301", /it has "Caf\u00e9", .* only in its Unicode form \(NFC or NFD/],
    ["another GUID", "5A010000-0000-4000-8000-00000000000B", /it has "5A010000-0000-4000-8000-00000000000A SQL01", /],
  ])("%s", async (_, virtualMachine, expected) => {
    const { virtualMachines } = await place.lab.describe();
    if (!virtualMachines.some(({ name }) => name === "Caf\u00e9"))
      await place.lab.addVirtualMachine({ name: "Caf\u00e9", disks: [{ name: "a.vhdx", bytes: 65536 }] });
    const run = await (await place.stack()).up(place.program({ exportDirectory: place.directory(), virtualMachine }));
    expect(run.text).toMatch(expected);
    expect(remedyOf(run)).toBe("Name one of these in virtualMachine, or give its GUID.");
  });
});

it("arguments that cannot be are refused with their values, a code and a remedy each", async () => {
  const stack = await place.stack();
  const run = await stack.up(async () => {
    const host = place.host;
    new ReferencePointExport("export", { host, virtualMachine: "SQL01", exportDirectory: "D:\\Backups", timeouts: { create: "6" } });
  });
  expect(run.ok).toBe(false);
  expect(run.text).toContain('could not use the argument exportDirectory ("D:\\Backups"): This host takes paths such as /srv/exports/x');
  expect(run.text).toContain('could not use the argument timeouts.create ("6"): ');
  const failures = run.messages.filter(({ text }) => text.includes("could not use the argument"));
  expect(failures.length).toBe(2);
  for (const { text } of failures) expect(text).toMatch(/\n {2}What to do: .+\n {2}Code: invalid-arguments$/);
  expect(opOf(run)).toBe("none");
});
