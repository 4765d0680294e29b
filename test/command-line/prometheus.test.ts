import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ExportedTree, type TreeCopy } from "../support/exported-tree";
import { runTool } from "./run-tool";

let tree: ExportedTree;
let damaged: TreeCopy;
beforeAll(async () => {
  tree = await ExportedTree.make();
  damaged = tree.copy();
  damaged.generation("night-2").flipByte();
  fs.rmSync(damaged.single("difference").claim);
  damaged.single("difference").changeManifest((manifest) => {
    manifest.virtualMachineName = 'SQL "01"\\\n';
  });
});
afterAll(() => tree.close());

const count = (output: string, pattern: RegExp) => output.split("\n").filter((line) => pattern.test(line)).length;

describe("--format prometheus", () => {
  it("prints a sample an export, and ends as ever", async () => {
    const { code, output, errors } = await runTool(["verify", "--content", "--format", "prometheus", damaged.chain]);
    expect([code, errors]).toEqual([1, ""]);
    expect([count(output, /^hyperv_export_intact\{.*\} 1$/), count(output, /^hyperv_export_intact\{.*\} 0$/)]).toEqual([2, 2]);
    const list = await runTool(["list", "--format", "prometheus", damaged.chain, "--format", "prometheus"]);
    expect([list.code, count(list.output, /^hyperv_export_age_seconds\{.*\} \d+$/)]).toEqual([0, 4]);
  });

  it("tells on the standard error what could not be looked at, and how many in the metrics", async () => {
    const { code, output, errors } = await runTool([
      "verify",
      "--format",
      "prometheus",
      tree.original.chain,
      join(damaged.directory, "no"),
    ]);
    expect([code, count(output, /^hyperv_export_look_failures 1$/)]).toEqual([2, 1]);
    expect(errors).toContain("Code: directory-not-found");
  });

  it.each([
    ["--json", "--format", "text"],
    ["--format", "yaml"],
  ])("refuses %s %s %s", async (...words) => {
    const { code, output, errors } = await runTool(["list", ...words.filter(Boolean), damaged.chain]);
    expect([code, output, errors.includes("invalid-arguments")]).toEqual([2, "", true]);
  });
});

const isThere = spawnSync("promtool", ["--version"]).status === 0;
const why = "promtool is not on this machine: Debian has it in the package prometheus";

describe.skipIf(process.platform === "win32" || (!isThere && process.env.CI !== "true"))(`promtool (${isThere ? "is there" : why})`, () => {
  it.each(["list", "verify"])("takes what %s prints, and finds nothing to complain of", async (command) => {
    const { output } = await runTool([command, "--format", "prometheus", damaged.directory]);
    expect(output).toContain('machine="SQL \\"01\\"\\\\\\n"');
    const { error, status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: output, encoding: "utf8" });
    expect(error ? why : "").toBe("");
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  });
});
