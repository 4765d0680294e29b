import { mkdirSync, renameSync, rmdirSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "pulumi-hyperv-reference-point/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestStack } from "./test-stack";
import { filesIn, points, Workplace } from "./workplace";

let place: Workplace;
let stack: TestStack;
let directory: string;
let parent: string;

beforeAll(async () => {
  place = await Workplace.open();
  stack = await place.stack();
  parent = join(place.scratch, "volume");
  mkdirSync(parent);
  directory = join(parent, "sql01");
  expect(await stack.up(place.program({ exportDirectory: directory }))).toMatchObject({ ok: true });
});
afterAll(async () => {
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect(filesIn(directory)).toBeUndefined();
  place.close();
});

const faults = (fault: () => Fault) => ({ on: () => place.lab.setFaults([fault()]), off: () => place.lab.clearFaults() });
const aside = () => join(place.scratch, "aside");

function emptyLab(): void {
  renameSync(place.lab.directory, aside());
  mkdirSync(place.lab.directory);
}

/** Fails where somebody has made another lab meanwhile. */
function fullLab(): void {
  rmdirSync(place.lab.directory);
  renameSync(aside(), place.lab.directory);
}

/** What is out of reach is never taken for gone: neither refresh nor destroy may forget or remove anything. */
describe.each<[string, { on: () => unknown; off: () => unknown }, string]>([
  ["the volume is missing", faults(() => ({ fault: "volumeMissing", path: parent })), "volume-missing"],
  ["the host does not answer", faults(() => ({ fault: "hostUnreachable" })), "host-unreachable"],
  [
    "the simulator's lab is not there",
    { on: () => renameSync(place.lab.directory, aside()), off: () => renameSync(aside(), place.lab.directory) },
    "host-unreachable",
  ],
  ["the simulator's lab is an empty folder", { on: emptyLab, off: fullLab }, "host-unreachable"],
  ["access is denied", faults(() => ({ fault: "accessDenied", path: directory })), "access-denied"],
  ["the folder above is missing", { on: () => renameSync(parent, aside()), off: () => renameSync(aside(), parent) }, "parent-missing"],
  [
    "a link leads to another place",
    {
      on: () => {
        renameSync(directory, aside());
        symlinkSync(aside(), directory);
      },
      off: () => {
        unlinkSync(directory);
        renameSync(aside(), directory);
      },
    },
    "not-a-directory",
  ],
  [
    "a file stands in its place",
    {
      on: () => {
        renameSync(directory, aside());
        writeFileSync(directory, "");
      },
      off: () => {
        unlinkSync(directory);
        renameSync(aside(), directory);
      },
    },
    "not-a-directory",
  ],
])("%s", (_, { on, off }, code) => {
  it("refresh and destroy fail and keep the state and the files", async () => {
    const before = stack.resource();
    const files = filesIn(directory);
    await on();
    try {
      for (const run of [await stack.refresh(), await stack.destroy()]) {
        expect(run.ok).toBe(false);
        expect(run.text).toContain(`Code: ${code}`);
        // Said once, by the engine: neither a stack trace nor the provider's own print of it.
        expect(run.messages.filter(({ severity, ephemeral }) => !ephemeral && severity.startsWith("info"))).toEqual([]);
        expect(stack.resource()).toMatchObject({ id: before.id, inputs: before.inputs, outputs: before.outputs });
      }
    } finally {
      await off();
    }
    expect(filesIn(directory)).toEqual(files);
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
  });
});

it("nothing of it harmed the export", () => place.expectRestorable([directory], points.sql01[1]));
