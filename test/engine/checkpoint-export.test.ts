import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CheckpointExport, type CheckpointExportArgs, ExportChain, type ExportChainArgs } from "pulumi-hyperv-reference-point";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runTool } from "../command-line/run-tool";
import { opOf, type Run, type TestStack } from "./test-stack";
import { machines, points, Workplace } from "./workplace";

let place: Workplace;
let exportDirectory: string;
beforeEach(async () => {
  place = await Workplace.open();
  await place.lab.configure({ pointJobDuration: 0 });
  exportDirectory = place.directory();
});
afterEach(() => place.close());

type Options = pulumi.CustomResourceOptions & { readonly name?: string };

function declared(args: Partial<CheckpointExportArgs> = {}, { name = "export", ...opts }: Options = {}): CheckpointExport {
  return new CheckpointExport(name, { host: place.host, virtualMachine: "SQL01", exportDirectory, ...args }, opts);
}

function outputsOf(made: CheckpointExport) {
  const { exportId, virtualMachineId, virtualMachineName, checkpointId, referencePointId, baseReferencePointId, achievedConsistency } =
    made;
  const { kind, filesDirectory, totalBytes, madeAt, manifestSha256, status, problems, warnings } = made;
  return {
    ...{ exportId, virtualMachineId, virtualMachineName, checkpointId, referencePointId, baseReferencePointId, achievedConsistency },
    ...{ kind, filesDirectory, totalBytes, madeAt, manifestSha256, status, problems, warnings },
  };
}

function program(args: Partial<CheckpointExportArgs> = {}, options: Options = {}) {
  return async () => outputsOf(declared(args, options));
}

async function machine() {
  const found = (await place.lab.describe()).virtualMachines.find(({ name }) => name === "SQL01");
  return found ?? expect.fail("there is no SQL01");
}

/** Every point of the machine, foreign ones included. */
async function pointsThere(): Promise<string[]> {
  return (await machine()).referencePoints.map(({ id }) => id);
}

async function checkpointsThere(): Promise<number> {
  return (await machine()).checkpoints.length;
}

async function upOf(stack: TestStack, args: Partial<CheckpointExportArgs> = {}, options: Options = {}): Promise<Run> {
  const run = await stack.up(program(args, options));
  expect([run.ok, run.text.includes("error:")], run.text).toEqual([true, false]);
  return run;
}

const refusedWith = (code: string) => [false, expect.stringContaining(`Code: ${code}`)];

describe("the lifecycle of one export", () => {
  it("up makes it, a second up and a refresh nothing, what it holds can be restored, and destroy leaves nothing", async () => {
    const stack = await place.stack();
    const preview = await stack.preview(program());
    expect(preview.messages.filter(({ ephemeral }) => ephemeral).at(-1)?.text).toMatch(/^export, full .*, 2 disks, at most 7 MiB/);
    expect(existsSync(exportDirectory)).toBe(false);
    expect(opOf(await upOf(stack))).toBe("create");
    const outputs = await stack.outputs();
    expect(outputs).toMatchObject({
      virtualMachineId: machines.sql01,
      virtualMachineName: "SQL01",
      achievedConsistency: "application",
      kind: "full",
      filesDirectory: "export",
      status: "intact",
      problems: [],
      warnings: [],
      manifestSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      checkpointId: expect.stringMatching(/^Microsoft:/),
      totalBytes: expect.any(Number),
    });
    expect(outputs).not.toHaveProperty("baseReferencePointId");
    expect(await pointsThere()).toEqual([...points.sql01, outputs.referencePointId]);
    expect(await checkpointsThere()).toBe(0);
    await place.expectRestorable([join(exportDirectory, "export")], String(outputs.referencePointId));
    expect(opOf(await upOf(stack))).toBe("same");
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    expect(await stack.outputs()).toEqual(outputs);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect([existsSync(exportDirectory), await pointsThere()]).toEqual([false, [...points.sql01]]);
  });

  it("a changed trigger makes a new one before the old one goes, with its point; no other argument does", async () => {
    const stack = await place.stack();
    await upOf(stack);
    const { referencePointId: before } = await stack.outputs();
    const changed = { onDestroy: "delete", intent: "merge", verification: { level: "content" }, virtualMachine: machines.sql01 } as const;
    expect(opOf(await upOf(stack, changed))).toBe("update");
    expect((await stack.outputs()).referencePointId).toBe(before);
    await upOf(stack, { triggers: ["again"] });
    const { referencePointId, filesDirectory } = await stack.outputs();
    expect([filesDirectory, readdirSync(exportDirectory).sort()]).toEqual(["export-2", ["export-2", "export-chain.json"]]);
    expect(await pointsThere()).toEqual([...points.sql01, referencePointId]);
    expect(opOf(await upOf(stack, { triggers: ["again"] }))).toBe("same");
  });

  it("damage is found by a refresh and followed by a new one", async () => {
    const stack = await place.stack();
    await upOf(stack);
    truncateSync(join(exportDirectory, "export", "Virtual Hard Disks", "SQL01-data.vhdx"), 1);
    expect((await stack.refresh()).text).toContain("generation-damaged: export");
    expect(stack.resource().outputs).toMatchObject({ status: "damaged", generations: [expect.stringMatching(/damaged$/)] });
    const preview = await stack.preview(program(), { diff: true });
    expect(preview.text).toMatch(/status +: "damaged" +=> "intact"/);
    await upOf(stack);
    expect(await stack.outputs()).toMatchObject({ status: "intact", filesDirectory: "export-2" });
    rmSync(exportDirectory, { recursive: true });
    expect((await stack.refresh()).text).toContain("is gone");
    expect(opOf(await upOf(stack))).toBe("create");
  });

  it("another machine or directory is refused by its own name, and a directory that was moved is gone on with", async () => {
    const stack = await place.stack();
    await upOf(stack);
    const other = place.directory();
    const elsewhere = await stack.up(program({ exportDirectory: other }));
    expect([elsewhere.ok, elsewhere.text]).toEqual(refusedWith("chain-replacement-refused"));
    expect(elsewhere.text).toContain("exportDirectory would make it another chain");
    const web = await stack.up(program({ virtualMachine: "WEB01" }));
    expect([web.ok, web.text]).toEqual(refusedWith("chain-replacement-refused"));
    const before = await stack.outputs();
    renameSync(exportDirectory, other);
    expect(opOf(await upOf(stack, { exportDirectory: other }))).toBe("update");
    expect(await stack.outputs()).toEqual(before);
  });

  it("an alias and a lost state keep it; keep leaves it, and adopt takes it over", async () => {
    const stack = await place.stack();
    await upOf(stack, { onDestroy: "keep" });
    const { referencePointId } = await stack.outputs();
    await upOf(stack, { onDestroy: "keep" }, { name: "renamed", aliases: [{ name: "export" }] });
    expect((await stack.outputs()).referencePointId).toBe(referencePointId);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await pointsThere()).toEqual([...points.sql01, referencePointId]);
    const second = await place.stack();
    const refused = await second.up(program());
    expect([refused.ok, refused.text]).toEqual([false, expect.stringContaining("Code: ")]);
    await upOf(second, { onExisting: "adopt" });
    expect((await second.outputs()).referencePointId).toBe(referencePointId);
    expect(await second.destroy()).toMatchObject({ ok: true });
    expect([existsSync(exportDirectory), await pointsThere()]).toEqual([false, [...points.sql01]]);
  });

  it("get of a chain of nights says what it is", async () => {
    const stack = await place.stack();
    const nights = (generation: string) => async () => {
      const chain = { host: place.host, virtualMachine: "SQL01", directory: exportDirectory, via: "checkpoint", generation } as const;
      return { chainId: new ExportChain("chain", chain).chainId };
    };
    for (const night of ["n1", "n2"]) expect(await stack.up(nights(night))).toMatchObject({ ok: true });
    const id = String((await stack.outputs()).chainId);
    const looked = await (await place.stack()).up(async () => {
      CheckpointExport.get("found", id, { host: place.host, exportDirectory });
    });
    expect([looked.ok, looked.text]).toEqual(refusedWith("export-not-found"));
    expect(looked.text).toContain("Look it up with ExportChain.get.");
  });

  it("get looks it up, and changes nothing", async () => {
    const stack = await place.stack();
    await upOf(stack);
    const { exportId, referencePointId } = await stack.outputs();
    const reader = await place.stack();
    const looked = await reader.up(async () => {
      const found = CheckpointExport.get("found", String(exportId), { host: place.host, exportDirectory });
      return outputsOf(found);
    });
    expect(looked.ok, looked.text).toBe(true);
    expect(await reader.outputs()).toMatchObject({ referencePointId, status: "intact", kind: "full", filesDirectory: "export" });
    expect(await reader.destroy()).toMatchObject({ ok: true });
    expect(existsSync(join(exportDirectory, "export"))).toBe(true);
  });
});

describe("a difference", () => {
  const both =
    (directory: string, args: Partial<CheckpointExportArgs> = {}) =>
    async () => {
      const full = declared(args, { name: "full" });
      const { referencePointId } = full;
      const base = referencePointId.apply((id) => id ?? "");
      const difference = declared({ exportDirectory: directory, baseReferencePoint: base }, { name: "difference" });
      return { full: outputsOf(full), difference: outputsOf(difference) };
    };

  it("continues an export of the same program, follows it to a new base, and both are restored together", async () => {
    const stack = await place.stack();
    const directory = place.directory();
    expect(await stack.preview(both(directory))).toMatchObject({ ok: true });
    for (const triggers of [["one"], ["two"]]) {
      const up = await stack.up(both(directory, { triggers }));
      expect(up.ok, up.text).toBe(true);
      const { full, difference } = (await stack.outputs()) as Record<string, Record<string, string>>;
      expect(difference).toMatchObject({ kind: "differential", baseReferencePointId: full?.referencePointId });
      const files = [join(exportDirectory, full?.filesDirectory ?? ""), join(directory, difference?.filesDirectory ?? "")];
      await place.expectRestorable(files, difference?.referencePointId ?? "");
    }
    const { full, difference } = (await stack.outputs()) as Record<string, Record<string, string>>;
    const line = [join(exportDirectory, full?.filesDirectory ?? ""), join(directory, difference?.filesDirectory ?? "")];
    // A person who has the folders and nothing else.
    const planned = await runTool(["restore-plan", "--json", directory]);
    expect(JSON.parse(planned.output)).toMatchObject({ result: "restorable", line: line.map((each) => ({ directory: each })) });
    const alone = join(place.scratch, "alone", "difference");
    cpSync(directory, alone, { recursive: true });
    expect(JSON.parse((await runTool(["restore-plan", "--json", alone])).output)).toMatchObject({ result: "unknown" });
    const again = await stack.up(both(directory, { triggers: ["two"] }));
    expect([opOf(again, "full"), opOf(again, "difference")]).toEqual(["same", "same"]);
    expect((await pointsThere()).length).toBe(points.sql01.length + 2);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await pointsThere()).toEqual([...points.sql01]);
  });

  it("one point in another form is no change; a point of nobody's machine is refused before a checkpoint is made", async () => {
    const stack = await place.stack();
    const [base] = points.sql01;
    await upOf(stack, { baseReferencePoint: base });
    expect(await stack.outputs()).toMatchObject({ kind: "differential", baseReferencePointId: base });
    const { filesDirectory } = await stack.outputs();
    await upOf(stack, { baseReferencePoint: base.replace("Microsoft:", "").toLowerCase() });
    expect((await stack.outputs()).filesDirectory).toBe(filesDirectory);
    const before = (await place.lab.checkpointCalls()).length;
    const foreign = await stack.up(program({ baseReferencePoint: points.web01 }));
    expect([foreign.ok, foreign.text]).toEqual(refusedWith("base-reference-point-not-found"));
    expect((await place.lab.checkpointCalls()).length).toBe(before);
    const preview = await (await place.stack()).preview(program({ exportDirectory: place.directory(), baseReferencePoint: points.web01 }));
    expect([preview.ok, preview.text]).toEqual(refusedWith("base-reference-point-not-found"));
    // Back to the base of before: what is there is as good as ever.
    expect(opOf(await upOf(stack, { baseReferencePoint: base }))).toMatch(/same|update/);
  });
});

it("an export is not made the difference to itself, which would be all that is left of it", async () => {
  const stack = await place.stack();
  await upOf(stack);
  const { referencePointId } = await stack.outputs();
  const own = program({ baseReferencePoint: String(referencePointId) });
  const preview = await stack.preview(own);
  expect(preview.text).toContain("Code: base-reference-point-same");
  const up = await stack.up(own);
  expect([up.ok, up.text]).toEqual(refusedWith("base-reference-point-same"));
  await place.expectRestorable([join(exportDirectory, "export")], String(referencePointId));
  expect(opOf(await upOf(stack))).toMatch(/same|update/);
  expect((await stack.outputs()).referencePointId).toBe(referencePointId);
});

it("a base that was refused leaves nothing to go on with: what is declared next is made once, or not at all", async () => {
  const stack = await place.stack();
  const [base, other] = points.sql01;
  const made = async () => (await place.lab.checkpointCalls()).filter(({ method }) => method === "CreateSnapshot").length;
  const refuse = async () => expect((await stack.up(program({ baseReferencePoint: points.web01 }))).ok).toBe(false);
  await upOf(stack, { baseReferencePoint: base });
  const before = await stack.outputs();
  await refuse();
  await stack.refresh();
  await upOf(stack, { baseReferencePoint: base });
  expect([await made(), await stack.outputs()]).toEqual([1, before]);
  await refuse();
  await upOf(stack, { baseReferencePoint: other });
  expect([await made(), (await stack.outputs()).baseReferencePointId]).toEqual([2, other]);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});

describe("a chain and an export in one directory", () => {
  function chain(args: Partial<ExportChainArgs>) {
    return async () => {
      const made = new ExportChain("nights", {
        host: place.host,
        virtualMachine: "SQL01",
        directory: exportDirectory,
        ...args,
      } as ExportChainArgs);
      return { restorable: made.restorable, reason: made.reason };
    };
  }

  it.each([{ onDestroy: "keep" }, { onDestroy: "delete" }] as const)("nights are not adopted to be removed: %o", async (args) => {
    const stack = await place.stack();
    for (const generation of ["n1", "n2"]) await stack.up(chain({ via: "checkpoint", generation, ...args }));
    if (args.onDestroy === "keep") await stack.destroy();
    const other = await place.stack();
    for (const run of [await other.preview(program({ onExisting: "adopt" })), await other.up(program({ onExisting: "adopt" }))])
      expect([run.ok, run.text]).toEqual(refusedWith("adoption-refused"));
    expect(readdirSync(exportDirectory).sort()).toEqual(["export-chain.json", "n1", "n2"]);
  });

  it("a chain that adopts a difference continues it by nothing, and what does is worth no more than its base", async () => {
    const stack = await place.stack();
    await upOf(stack, { baseReferencePoint: points.sql01[0], onDestroy: "keep" });
    await stack.destroy();
    const other = await place.stack();
    expect((await other.up(chain({ via: "checkpoint", generation: "n1", onExisting: "adopt" }))).ok).toBe(true);
    expect(await other.outputs()).toMatchObject({ reason: "baseOutside", restorable: ["export", "n1"] });
    const file = join(exportDirectory, "export-chain.json");
    const record = JSON.parse(readFileSync(file, "utf8"));
    const [export_, n1] = record.generations;
    delete n1.reason;
    Object.assign(n1, { kind: "differential", base: "export", baseManifestSha256: export_.manifestSha256 });
    writeFileSync(file, JSON.stringify(record));
    const listed = JSON.parse((await runTool(["list", "--json", exportDirectory])).output);
    expect(JSON.stringify(listed)).toMatch(/"label":"n1"/);
    const conditions = listed.chains[0].generations.map(({ condition }: { condition: string }) => condition);
    expect(conditions).toEqual(["unknown", "unknown"]);
  });
});

it("two of one machine at once take turns; a forced replacement goes on with what is there", async () => {
  const stack = await place.stack();
  const other = place.directory();
  const two = async () => ({
    one: outputsOf(declared({}, { name: "one" })),
    two: outputsOf(declared({ exportDirectory: other }, { name: "two" })),
  });
  const up = await stack.up(two);
  expect(up.ok, up.text).toBe(true);
  expect((await pointsThere()).length).toBe(points.sql01.length + 2);
  expect(await checkpointsThere()).toBe(0);
  const before = (await stack.outputs()) as Record<string, Record<string, string>>;
  const replaced = await stack.up(two, { replace: [stack.resource("one").urn] });
  expect(replaced.ok, replaced.text).toBe(true);
  const after = (await stack.outputs()) as Record<string, Record<string, string>>;
  expect(after.one?.referencePointId).toBe(before.one?.referencePointId);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect([existsSync(exportDirectory), existsSync(other), await pointsThere()]).toEqual([false, false, [...points.sql01]]);
});

it("what the host refuses leaves no checkpoint, and a copy of the directory is nobody's", async () => {
  const stack = await place.stack();
  await place.lab.configureMachine({ virtualMachine: "SQL01", passThroughDisk: true });
  const refused = await stack.up(program());
  expect([refused.ok, refused.text]).toEqual(refusedWith("pass-through-disk"));
  expect(await checkpointsThere()).toBe(0);
  await upOf(stack, { ignoreUnsupportedDisks: true });
  const copy = place.directory();
  cpSync(exportDirectory, copy, { recursive: true });
  const elsewhere = await (await place.stack()).up(program({ exportDirectory: copy, onExisting: "adopt", ignoreUnsupportedDisks: true }));
  expect([elsewhere.ok, elsewhere.text]).toEqual(refusedWith("directory-moved"));
});

it("arguments that it lacks, or that mean nothing, are named", async () => {
  expect(() => new CheckpointExport("export", undefined as never)).toThrow(/virtualMachine and exportDirectory|exportDirectory/);
  const replaceWith = [new pulumi.ComponentResource("test:Component", "other")];
  expect(() => declared({}, { replaceWith } as never)).toThrow(/replaceWith/);
  const stack = await place.stack();
  const run = await stack.preview(program({ exportDirectory: "relative", via: "checkpoint", consistency: "some" } as never));
  expect(run.ok).toBe(false);
  for (const text of ["exportDirectory", "via", "consistency"]) expect(run.text).toContain(text);
});
