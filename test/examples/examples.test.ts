import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../../tools/set-up/repository.mjs";
import { type Example, runExample } from "./run-example";

const up = ["up", "--yes", "--skip-preview", "--non-interactive"];
const refresh = ["refresh", "--yes", "--skip-preview", "--expect-no-changes"];
const destroy = ["destroy", "--yes", "--skip-preview"];

/** Up, outputs, an unchanged refresh, destroy; then nothing is left of the exports. */
async function live(example: Example, exports: string, expected: Record<string, unknown>) {
  await example.pulumi(...up);
  expect(await example.outputs()).toMatchObject(expected);
  expect(existsSync(exports)).toBe(true);
  await example.pulumi(...refresh);
  await example.pulumi(...destroy);
  expect(existsSync(exports)).toBe(false);
}

describe("examples", () => {
  // The repository's own Pulumi.yaml runs the quickstart as well.
  it.each([".", "examples/quickstart"])("quickstart, from %s", async (project) => {
    await runExample(project, async (example) => {
      await example.pulumi("config", "set", "directory", example.directory);
      const exportDirectory = join(example.directory, "exports", "web01");
      await live(example, exportDirectory, {
        referencePoint: "Microsoft:3EB01000-0000-4000-8000-000000000001",
        exportDirectory,
        status: "intact",
        totalBytes: expect.any(Number),
      });
    });
  });

  it("differential", async () => {
    await runExample("examples/differential", async (example) => {
      await example.pulumi("config", "set", "directory", example.directory);
      await example.pulumi(...up);
      const { fullBytes, differentialBytes, kinds } = await example.outputs();
      expect(kinds).toEqual(["full", "differential"]);
      expect(differentialBytes).toBeLessThan(fullBytes as number);
      await example.pulumi(...refresh);
      await example.pulumi(...destroy);
      expect(existsSync(join(example.directory, "exports", "sql01-full"))).toBe(false);
      expect(existsSync(join(example.directory, "exports", "sql01-differential"))).toBe(false);
    });
  });

  it("point-and-export: two nights", async () => {
    await runExample("examples/point-and-export", async (example) => {
      await example.pulumi("config", "set", "directory", example.directory);
      await example.pulumi(...up);
      const first = await example.outputs();
      expect(first).toMatchObject({ consistency: "application", exportedPoint: first.referencePoint });
      await example.pulumi("config", "set", "night", "second");
      await example.pulumi(...up);
      const second = await example.outputs();
      expect(second.exportedPoint).toBe(second.referencePoint);
      expect(second.referencePoint).not.toBe(first.referencePoint);
      expect(readdirSync(join(example.directory, "exports"))).toEqual(["web01-second"]);
      await example.pulumi(...refresh);
      await example.pulumi(...destroy);
      expect(readdirSync(join(example.directory, "exports"))).toEqual([]);
    });
  });

  it("configured-host", async () => {
    await runExample("examples/configured-host", async (example) => {
      const exportDirectory = join(example.directory, "exports", "web01");
      await example.pulumi("config", "set", "--path", "hyperv:host.kind", "simulator");
      await example.pulumi("config", "set", "--path", "hyperv:host.directory", join(example.directory, "host"));
      await example.pulumi("config", "set", "exportDirectory", exportDirectory);
      await live(example, exportDirectory, {
        status: "intact",
        files: expect.arrayContaining([expect.stringContaining("Virtual Hard Disks/")]),
      });
    });
  });

  // nightly-chain and fleet live for thirty nights in test/system/example-nights.test.ts.
  it("are all here", () => {
    const folders = readdirSync(join(repository, "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual([
      "configured-host",
      "differential",
      "fleet",
      "nightly-chain",
      "point-and-export",
      "quickstart",
    ]);
  });
});
