import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { ExportedTree, type TreeCopy } from "../support/exported-tree";
import { describeWithPowerShell } from "../support/powershell";
import { shellsLeft } from "../support/shells-left";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { sameByHost } from "./same-by-host";

let tree: ExportedTree;
let damaged: TreeCopy;
beforeAll(async () => {
  tree = await ExportedTree.make();
  damaged = tree.copy();
  damaged.generation("night-2").flipByte();
});
afterAll(() => tree.close());

describeWithPowerShell("--host through a real PowerShell", (powershell) => {
  let wmi: Wmi;
  let host: string;
  beforeAll(async () => {
    const { labDirectory, directory } = tree.place.scene;
    wmi = await startWmi(labDirectory);
    host = join(directory, "host.json");
    writeFileSync(host, JSON.stringify({ kind: "local", executable: powershell }));
  });
  afterAll(async () => {
    await wmi.close();
    expect(shellsLeft()).toEqual([]);
  });

  sameByHost(
    () => ({ tree, damaged }),
    () => host,
    () => ({ HYPERV_BRIDGE_PATHS: "posix", ...wmi.environment }),
  );
});
