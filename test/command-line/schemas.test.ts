import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restorePlan } from "../../provider/domain/tree/restore-plan";
import { listReport, verifyReport } from "../../provider/domain/tree/tree-report";
import { repository } from "../../tools/set-up/repository.mjs";
import { ExportedTree, type TreeCopy } from "../support/exported-tree";
import { runTool } from "./run-tool";

const shapes = { list: listReport, verify: verifyReport, "restore-plan": restorePlan };

let tree: ExportedTree;
let damaged: TreeCopy;
beforeAll(async () => {
  tree = await ExportedTree.make();
  damaged = tree.copy();
  damaged.generation("night-1").truncate();
  damaged.generation("night-2").removeAll();
  damaged.single("full").flipByte();
  damaged.single("difference").changeClaim((claim) => {
    claim.finished = undefined;
  });
});
afterAll(() => tree.close());

function published(command: keyof typeof shapes) {
  const text = readFileSync(join(repository, "docs", "schemas", `hyperv-export-${command}.schema.json`), "utf8");
  return new Ajv2020({ allErrors: true }).compile(JSON.parse(text));
}

describe.each([
  { command: "list", words: (copy: TreeCopy) => [copy.directory] },
  { command: "verify", words: (copy: TreeCopy) => ["--content", copy.directory, join(copy.directory, "missing")] },
  { command: "restore-plan", words: (copy: TreeCopy) => [copy.generation("night-3").directory] },
] as const)("the schema of $command", ({ command, words }) => {
  it.each(["intact", "damaged"])("holds for what is printed of a volume that is %s, and names every member", async (state) => {
    const { output } = await runTool([command, "--json", ...words(state === "intact" ? tree.copy() : damaged)]);
    const report = JSON.parse(output);
    const validate = published(command);
    validate(report);
    expect(validate.errors).toBeNull();
    // A member that the shape does not know would be left out here.
    expect(shapes[command].parse(report)).toEqual(report);
  });

  it("refuses what another command prints, and what lacks a member", async () => {
    const validate = published(command);
    const { output } = await runTool([command, "--json", ...words(damaged)]);
    const report = JSON.parse(output);
    expect(validate({ ...report, format: "hyperv-export/other" })).toBe(false);
    expect(validate({ ...report, failures: undefined, version: 2 })).toBe(false);
    const { failures: _, ...less } = report;
    expect(validate(less)).toBe(false);
  });
});
