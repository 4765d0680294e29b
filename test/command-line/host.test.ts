import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ExportedTree, type TreeCopy } from "../support/exported-tree";
import { runTool } from "./run-tool";
import { sameByHost } from "./same-by-host";

let tree: ExportedTree;
let damaged: TreeCopy;
beforeAll(async () => {
  tree = await ExportedTree.make();
  damaged = tree.copy();
  damaged.generation("night-2").flipByte();
});
afterAll(() => tree.close());

describe("--host of a simulator", () => {
  sameByHost(
    () => ({ tree, damaged }),
    () => `simulator:${tree.place.scene.labDirectory}`,
    () => ({}),
  );

  it("list needs the folder's name: a host has no current one", async () => {
    const { code, errors } = await runTool(["list", "--host", `simulator:${tree.place.scene.labDirectory}`]);
    expect([code, errors]).toEqual([2, expect.stringMatching(/with --host, it must name the folder\n.*\n {2}Code: invalid-arguments\n$/)]);
  });

  it("a host that is none is refused before anything is asked", async () => {
    const { code, errors } = await runTool(["verify", "--host", "hv01", "."]);
    expect([code, errors]).toEqual([
      2,
      expect.stringMatching(/^could not use the host \(--host\): .*\n.*\n {2}Code: invalid-arguments\n$/),
    ]);
  });

  it("one that does not answer is what could not be looked at", async () => {
    const { code, errors } = await runTool([
      "verify",
      "--host",
      `simulator:${join(tree.place.scene.directory, "no-lab")}`,
      tree.original.chain,
    ]);
    expect([code, errors]).toEqual([2, expect.stringContaining("Code: host-unreachable")]);
  });
});
