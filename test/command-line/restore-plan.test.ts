import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RestorePlan } from "../../provider/domain/tree/restore-plan";
import { restoreSteps } from "../../provider/domain/tree/restore-steps";
import { repository } from "../../tools/set-up/repository.mjs";
import { ExportCopy, ExportedTree, type TreeCopy } from "../support/exported-tree";
import { runTool } from "./run-tool";

let tree: ExportedTree;
let copy: TreeCopy;
beforeAll(async () => {
  tree = await ExportedTree.make();
  copy = tree.copy();
});
afterAll(() => tree.close());

async function plan(...words: string[]): Promise<{ readonly code: number | null; readonly plan: RestorePlan }> {
  const { code, output } = await runTool(["restore-plan", "--json", ...words]);
  return { code, plan: JSON.parse(output) };
}

const at = (of: TreeCopy, ...labels: string[]) => labels.map((label) => of.generation(label).directory);

describe("a plan", () => {
  it("of a generation names its line in the order that the restore takes, which gives the disks byte for byte", async () => {
    const { code, plan: found } = await plan(copy.generation("night-3").directory);
    expect([code, found.result, found.failures]).toEqual([0, "restorable", []]);
    const line = found.line.map(({ directory }) => directory);
    expect(line).toEqual(at(copy, "night-1", "night-2", "night-3"));
    const { lab } = tree.place.scene;
    const restored = async (exports: string[]) => {
      const { disks } = await lab.restore({ exports, into: path.join(tree.place.scene.directory, "restored") });
      fs.rmSync(path.join(tree.place.scene.directory, "restored"), { recursive: true });
      return disks.map(({ name, sha256 }) => [name, sha256]);
    };
    const point = tree.place.record()?.generations[2]?.referencePointId;
    expect(Object.fromEntries(await restored(line))).toEqual(tree.place.contentAt(point ?? ""));
  });

  it("names every file of each directory, the disks first", async () => {
    const { plan: found } = await plan(copy.generation("night-2").directory);
    for (const { directory, files } of found.line) {
      const manifest = JSON.parse(fs.readFileSync(path.join(directory, "reference-point-export.manifest.json"), "utf8"));
      expect(files.map((file) => file.path).sort()).toEqual(manifest.files.map((file: { path: string }) => file.path).sort());
      const roles = files.map(({ role }) => role === "disk");
      expect(roles).toEqual([...roles].sort().reverse());
      expect(roles).toContain(true);
    }
  });

  it("of a chain is of its newest generation that can be restored", async () => {
    const newest = async (of: TreeCopy) => (await plan(of.chain)).plan.line.map(({ directory }) => directory);
    expect(await newest(copy)).toEqual(at(copy, "night-4"));
    const damaged = tree.copy();
    damaged.generation("night-4").truncate();
    expect(await newest(damaged)).toEqual(at(damaged, "night-1", "night-2", "night-3"));
  });

  it("of what is lost says so, and what can be restored instead", async () => {
    const damaged = tree.copy();
    damaged.generation("night-1").removeDisk();
    const { code, plan: found } = await plan(damaged.generation("night-3").directory);
    expect([code, found.result, found.instead]).toEqual([1, "lost", damaged.generation("night-4").directory]);
    expect(found.line.map(({ condition }) => condition)).toEqual(["damaged", "baseChanged", "baseChanged"]);
    damaged.generation("night-4").removeAll();
    const { plan: nothing } = await plan(damaged.generation("night-2").directory);
    expect([nothing.result, nothing.instead]).toEqual(["lost", undefined]);
  });

  it("offers no export of another machine instead", async () => {
    const damaged = tree.copy();
    const { directory } = damaged.single("full");
    const other = path.join(damaged.directory, "exports", "other");
    fs.cpSync(directory, other, { recursive: true });
    damaged.single("full").removeDisk();
    damaged.single("difference").removeAll();
    expect((await plan(directory)).plan.instead).toBe(other);
    const ofOther = new ExportCopy(other);
    fs.rmSync(ofOther.claim);
    ofOther.changeManifest((manifest) => {
      manifest.virtualMachineId = "11111111-2222-3333-4444-555555555555";
    });
    const { code, plan: found } = await plan(directory);
    expect([code, found.result, found.instead]).toEqual([1, "lost", undefined]);
  });

  it("of a single difference finds its base in the folder above, or in the one that is named", async () => {
    const beside = await plan(copy.single("difference").directory);
    expect(beside.plan.line.map(({ directory }) => directory)).toEqual([
      copy.single("full").directory,
      copy.single("difference").directory,
    ]);
    const apart = tree.copy();
    const moved = path.join(apart.directory, "elsewhere", "full");
    fs.mkdirSync(path.dirname(moved));
    fs.renameSync(apart.single("full").directory, moved);
    const alone = await plan(apart.single("difference").directory);
    expect([alone.code, alone.plan.result]).toEqual([2, "unknown"]);
    const named = await plan(apart.single("difference").directory, apart.directory);
    expect([named.code, named.plan.line[0]?.directory]).toEqual([0, moved]);
  });

  it("is refused where several exports could be meant, and where there is none", async () => {
    const several = await runTool(["restore-plan", copy.directory]);
    expect([several.code, several.output]).toEqual([2, ""]);
    expect(several.errors).toMatch(/1 chain and 2 single exports lie in it or below it\n {2}What to do: Name the directory of one export/);
    const none = await runTool(["restore-plan", path.join(copy.directory, "exports", "missing")]);
    expect([none.code, none.errors]).toEqual([2, expect.stringContaining("Code: directory-not-found")]);
  });

  it("of a chain whose record cannot be read says that, and what to name", async () => {
    const damaged = tree.copy();
    fs.writeFileSync(damaged.chainRecord, "x");
    const { code, errors } = await runTool(["restore-plan", damaged.chain]);
    expect([code, errors]).toEqual([
      2,
      expect.stringMatching(/tells no generations \(record-unreadable.*\)\n {2}What to do: Name the directory of one generation\.\n/),
    ]);
    expect((await plan(damaged.generation("night-2").directory)).plan.result).toBe("restorable");
  });

  it("says what is proven of what was exported in that way", async () => {
    const { plan: byPoint } = await plan(copy.chain);
    expect([byPoint.way, byPoint.proofs.at(-1)]).toEqual(["referencePoint", expect.objectContaining({ isProven: false })]);
    const byCheckpoint = await ExportedTree.make("checkpoint");
    const { plan: found } = await plan(byCheckpoint.copy().generation("night-2").directory);
    expect([found.way, found.line.length]).toEqual(["checkpoint", 2]);
    const unproven = found.proofs.filter(({ isProven }) => !isProven).map(({ what }) => what);
    expect(unproven).toEqual([expect.stringContaining("AVHDX")]);
    byCheckpoint.close();
  });
});

describe("a plan for people", () => {
  it("tells the steps by the headings of the page that explains them, with what is known", async () => {
    const { code, output } = await runTool(["restore-plan", copy.generation("night-2").directory]);
    expect(code).toBe(0);
    const page = fs.readFileSync(path.join(repository, "docs", "restore.md"), "utf8");
    const headings = [...page.matchAll(/^## (\d\. .*)$/gm)].map(([, heading]) => heading);
    expect(Object.values(restoreSteps)).toEqual(headings);
    expect(output.split("\n").filter((line) => headings.includes(line))).toEqual(headings);
    const [first, second] = at(copy, "night-1", "night-2");
    expect(output).toContain(`\n   $line = @('${first}', '${second}')\n`);
    expect(output).toContain(`\n   hyperv-export verify --content ${first} ${second}\n`);
    expect(output).toMatch(/\n {3}The configuration of the last directory counts: Virtual Machines\/.*\.vmcx\n/);
    expect(output).toContain("unproven  What Hyper-V writes for `ExportReferencePoint`");
  });

  it("gives no steps for what cannot be restored", async () => {
    const damaged = tree.copy();
    damaged.generation("night-1").removeDisk();
    const { output } = await runTool(["restore-plan", damaged.generation("night-2").directory]);
    expect(output).toContain("cannot be restored. What can be restored: ");
    expect(output).not.toContain("$line");
    expect(output).toContain("file-missing: ");
  });

  it("quotes paths so that a shell takes them as they are", async () => {
    const odd = path.join(tree.place.scene.directory, "it's ‘odd’ $HOME");
    fs.cpSync(copy.single("full").directory, odd, { recursive: true });
    const { output } = await runTool(["restore-plan", odd]);
    expect(output).toContain(`$line = @('${odd.replace(/['‘’]/g, "$&$&")}')`);
    expect(output).toContain(`--content '${odd.replace("'", "'\\''")}'`);
  });
});
