import { cpSync, existsSync, readdirSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { ExportChain, type ExportChainArgs } from "pulumi-hyperv-reference-point";
import { afterEach, beforeEach, expect, it } from "vitest";
import { opOf, type Run, type TestStack } from "./test-stack";
import { points, Workplace } from "./workplace";

let place: Workplace;
let directory: string;
beforeEach(async () => {
  place = await Workplace.open();
  await place.lab.configure({ pointJobDuration: 0 });
  directory = place.directory();
});
afterEach(() => place.close());

type Options = pulumi.CustomResourceOptions & { readonly name?: string };

function program(args: Partial<ExportChainArgs>, { name = "chain", ...opts }: Options = {}) {
  return async () => {
    const declared = {
      host: place.host,
      virtualMachine: "SQL01",
      directory,
      via: "referencePoint" as const,
      generation: "n1",
      fullEvery: 3,
      keep: { last: 4 },
    };
    const chain = new ExportChain(name, { ...declared, ...args }, opts);
    const { generations, restorable, newest, reason, status, problems, referencePointId } = chain;
    return { generations, restorable, newest, reason, status, problems, referencePointId };
  };
}

/** Every point of the machine, foreign ones included. */
async function pointsThere(): Promise<string[]> {
  const machine = (await place.lab.describe()).virtualMachines.find(({ name }) => name === "SQL01");
  return (machine?.referencePoints ?? []).map(({ id }) => id);
}

async function kept(stack: TestStack) {
  const [resource] = stack.keptResources();
  return resource ?? expect.fail("the state holds no chain");
}

it.each(["referencePoint", "checkpoint"] as const)(
  "nights via %s: one generation a label, nothing for the same label, a restorable chain, and nothing left by a destroy",
  async (via) => {
    const stack = await place.stack();
    for (const [index, labels] of [["n1"], ["n1", "n2"]].entries()) {
      const night = program({ via, generation: `n${index + 1}` });
      const up = await stack.up(night);
      expect(up.text).not.toContain("error:");
      expect([up.ok, opOf(up, "chain")]).toEqual([true, index === 0 ? "create" : "update"]);
      const same = await stack.up(night);
      expect([same.ok, opOf(same, "chain")]).toEqual([true, "same"]);
      expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
      const outputs = await stack.outputs();
      expect(outputs).toMatchObject({ restorable: labels, newest: labels.at(-1), status: "intact", problems: [] });
      await place.expectRestorable(
        labels.map((label) => join(directory, label)),
        String(outputs.referencePointId),
      );
    }
    expect((await stack.outputs()).generations).toMatchObject([
      { label: "n1", kind: "full", condition: "intact" },
      { label: "n2", kind: "differential", condition: "intact" },
    ]);
    expect(await pointsThere()).toEqual([...points.sql01, (await stack.outputs()).referencePointId]);
    const { inputs, outputs } = await kept(stack);
    expect(JSON.stringify([inputs, outputs]).length).toBeLessThanOrEqual(2600);
    const other = via === "checkpoint" ? "referencePoint" : "checkpoint";
    const refused = await stack.up(program({ via: other, generation: "n3" }));
    expect([refused.ok, refused.text]).toEqual([false, expect.stringContaining("Code: chain-replacement-refused")]);
    const destroyed = await stack.destroy();
    expect(destroyed).toMatchObject({ ok: true });
    expect([existsSync(directory), await pointsThere()]).toEqual([false, [...points.sql01]]);
  },
);

it("what one way has no use for is refused, and what a checkpoint cannot hold is named", async () => {
  const stack = await place.stack();
  const disks = await stack.preview(program({ via: "checkpoint", disks: ["SQL01-data.vhdx"] }));
  expect([disks.ok, disks.text]).toEqual([false, expect.stringContaining("a checkpoint holds every disk of the machine")]);
  const intent = await stack.preview(program({ intent: "merge", timeouts: { merge: "1h" } }));
  expect(intent.text).toContain("Leave intent out, or set via to checkpoint.");
  expect(intent.text).toContain("Leave timeouts.merge out, or set via to checkpoint.");
  await place.lab.configureMachine({ virtualMachine: "SQL01", passThroughDisk: true });
  const refused = await stack.up(program({ via: "checkpoint" }));
  expect([refused.ok, refused.text]).toEqual([false, expect.stringContaining("Code: pass-through-disk")]);
  const ignored = await stack.up(program({ via: "checkpoint", ignoreUnsupportedDisks: true, timeouts: { merge: "5s" } }));
  expect([ignored.ok, ignored.text]).toEqual([true, expect.stringContaining("so the backup lacks them")]);
});

it("a generation that is due by the clock is shown by a preview, and only then", async () => {
  const stack = await place.stack();
  const soon = program({ generation: { every: "4s" } });
  expect(await stack.up(soon)).toMatchObject({ ok: true });
  const hourly = program({ generation: { every: "1h" } });
  expect(await stack.up(hourly)).toMatchObject({ ok: true });
  const early = await stack.preview(hourly);
  expect(opOf(early, "chain")).toBe("same");
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const due = await stack.preview(soon, { diff: true });
  expect([due.ok, opOf(due, "chain")]).toEqual([true, "update"]);
  expect(due.text).toMatch(/due +: "[^"]+" => "[^"]+"/);
  const up = await stack.up(soon);
  expect([up.ok, opOf(up, "chain")]).toEqual([true, "update"]);
  expect(((await stack.outputs()).generations as unknown[]).length).toBe(2);
});

it("damage that a refresh finds is shown, told with what can be restored, and followed by a full generation", async () => {
  const stack = await place.stack();
  for (const generation of ["n1", "n2"]) expect(await stack.up(program({ generation }))).toMatchObject({ ok: true });
  const disk =
    readdirSync(join(directory, "n2"), { recursive: true })
      .map(String)
      .find((name) => /data.*vhdx$/.test(name)) ?? "";
  truncateSync(join(directory, "n2", disk), 1);
  const refresh = await stack.refresh();
  expect(refresh.text).toContain("generation-damaged: n2");
  expect(refresh.text).toContain("What can be restored now: n1.");
  const preview = await stack.preview(program({ generation: "n2" }), { diff: true });
  expect(opOf(preview, "chain")).toBe("update");
  expect(preview.text).toMatch(/status +: "damaged" +=> "intact"/);
  expect(await stack.up(program({ generation: "n2" }))).toMatchObject({ ok: true });
  expect(await stack.outputs()).toMatchObject({ status: "intact", newest: "n2-2", reason: "previousDamaged", restorable: ["n1", "n2-2"] });
  const again = await stack.up(program({ generation: "n2" }));
  expect(opOf(again, "chain")).toBe("same");
  // Gone as a whole: it leaves the state, and the next up begins it anew.
  rmSync(directory, { recursive: true });
  expect((await stack.refresh()).text).toContain("is gone");
  const anew = await stack.up(program({ generation: "n3" }));
  expect([anew.ok, opOf(anew, "chain")]).toEqual([true, "create"]);
});

it("what would replace the chain is refused in the preview, and the machine by its GUID is no change", async () => {
  const stack = await place.stack();
  expect(await stack.up(program({}))).toMatchObject({ ok: true });
  const other = await stack.preview(program({ virtualMachine: "WEB01" }));
  expect([other.ok, other.text.includes("chain-replacement-refused")]).toEqual([false, true]);
  const elsewhere = await stack.up(program({ directory: place.directory() }));
  expect([elsewhere.ok, elsewhere.text.includes('onDestroy: "keep"')]).toEqual([false, true]);
  const sameMachine = await stack.up(program({ virtualMachine: stack.resource("chain").outputs.virtualMachineId as string }));
  expect([sameMachine.ok, opOf(sameMachine, "chain")]).toEqual([true, "same"]);
  expect((await stack.up(program({ onDestroy: "keep" }))).ok).toBe(true);
  const next = place.directory();
  const replaced = await stack.up(program({ directory: next, onDestroy: "keep" }));
  expect(replaced.text).not.toContain("error:");
  expect([readdirSync(directory).sort(), readdirSync(next).sort()]).toEqual([
    ["export-chain.json", "n1"],
    ["export-chain.json", "n1"],
  ]);
});

it("a name that changes with an alias stays the chain's", async () => {
  const stack = await place.stack();
  expect(await stack.up(program({}))).toMatchObject({ ok: true });
  const renamed = await stack.up(program({ generation: "n2" }, { name: "renamed", aliases: [{ name: "chain" }] }));
  expect(renamed.text).not.toContain("error:");
  expect([renamed.ok, opOf(renamed, "renamed")]).toEqual([true, "update"]);
  expect((await stack.outputs()).restorable).toEqual(["n1", "n2"]);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});

it("unsafe labels, and rules that keep nothing, are refused with the argument's name", async () => {
  const stack = await place.stack();
  const wrong: [Partial<ExportChainArgs>, string][] = [
    [{ generation: "../n1" }, "use the argument generation"],
    [{ generation: "CON" }, "reserved device name"],
    [{ generation: { every: "soon" } }, "generation.every"],
    [{ keep: {} }, "must keep something"],
    [{ keep: { last: -1 } }, "keep.last"],
    [{ fullEvery: 0 }, "fullEvery"],
    [{ timeZone: "Nowhere" }, "timeZone"],
    [{ directory: "relative" }, "directory"],
    [{ ...({ due: "now" } as object) }, "no such argument"],
  ];
  for (const [args, text] of wrong) {
    const preview = await stack.preview(program(args));
    expect([preview.ok, preview.text.includes(text) ? text : preview.text]).toEqual([false, text]);
  }
});

it("get reads a chain of another stack, and never changes or deletes it", async () => {
  const [owner, reader] = [await place.stack(), await place.stack()];
  for (const generation of ["n1", "n2"]) expect(await owner.up(program({ generation }))).toMatchObject({ ok: true });
  const { id } = owner.resource("chain");
  const reading =
    (state = { host: place.host, directory }, chainId = id) =>
    async () => {
      const { restorable, newest, status, referencePointId, virtualMachineName } = ExportChain.get("found", chainId, state);
      return { restorable, newest, status, referencePointId, virtualMachineName };
    };
  expect(await reader.up(reading())).toMatchObject({ ok: true });
  const { referencePointId } = await owner.outputs();
  const seen = { restorable: ["n1", "n2"], newest: "n2", status: "intact", virtualMachineName: "SQL01" };
  expect(await reader.outputs()).toEqual({ ...seen, referencePointId });
  expect(opOf(await reader.up(reading()), "found")).not.toContain("update");
  expect(await owner.up(program({ generation: "n3" }))).toMatchObject({ ok: true });
  expect(await reader.up(reading())).toMatchObject({ ok: true });
  expect(await reader.outputs()).toMatchObject({ newest: "n3" });
  expect(await reader.destroy()).toMatchObject({ ok: true });
  expect(await owner.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
  for (const wrong of [
    reading({ host: place.host, directory: place.directory() }),
    reading(undefined, "0b5e0000-0000-4000-8000-000000000000"),
  ])
    expect(await (await place.stack()).up(wrong)).toMatchObject({ ok: false, text: expect.stringContaining("Code: chain-not-found") });
});

it("get finds a chain by its id in any letter case", async () => {
  const [owner, reader] = [await place.stack(), await place.stack()];
  expect(await owner.up(program({}))).toMatchObject({ ok: true });
  const id = owner.resource("chain").id.toUpperCase();
  const reading = async () => ({ newest: ExportChain.get("found", id, { host: place.host, directory }).newest });
  expect(await reader.up(reading)).toMatchObject({ ok: true });
  expect(await reader.outputs()).toEqual({ newest: "n1" });
  expect(await reader.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});

it("a chain that is begun anew destroys the point that the state knows, and one that a refresh forgets has it named", async () => {
  const stack = await place.stack();
  expect(await stack.up(program({}))).toMatchObject({ ok: true });
  const first = (await pointsThere()).at(-1) ?? "";
  rmSync(directory, { recursive: true });
  expect(await stack.up(program({ generation: "n2" }))).toMatchObject({ ok: true });
  const there = await pointsThere();
  expect([there.length, there.includes(first)]).toEqual([points.sql01.length + 1, false]);
  rmSync(directory, { recursive: true });
  const refresh = await stack.refresh();
  expect(refresh.text).toContain(`Its reference point ${there.at(-1)} of SQL01 is nobody's then`);
});

it("a moved chain goes on in the directory that is declared now, and is adopted there by a stack that has lost its state", async () => {
  const stack = await place.stack();
  expect(await stack.up(program({}))).toMatchObject({ ok: true });
  const [second, third] = [place.directory(), place.directory()];
  cpSync(directory, second, { recursive: true });
  const copied = await stack.preview(program({ directory: second, generation: "n2" }));
  expect([copied.ok, copied.text]).toEqual([false, expect.stringContaining("Code: directory-moved")]);
  rmSync(second, { recursive: true });
  renameSync(directory, second);
  const preview = await stack.preview(program({ directory: second, generation: "n2" }));
  expect([preview.ok, opOf(preview, "chain")]).toEqual([true, "update"]);
  const up = await stack.up(program({ directory: second, generation: "n2" }));
  expect([up.ok, opOf(up, "chain")]).toEqual([true, "update"]);
  expect((await stack.outputs()).restorable).toEqual(["n1", "n2"]);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
  renameSync(second, third);
  const lost = await place.stack();
  const adopting = program({ directory: third, generation: "n3", onExisting: "adopt" });
  expect(row(await lost.preview(adopting))).toMatch(/^takes over 2 generations; n3, differential after n2/);
  expect(await lost.up(adopting)).toMatchObject({ ok: true });
  expect((await lost.outputs()).restorable).toEqual(["n1", "n2", "n3"]);
  expect(await lost.destroy()).toMatchObject({ ok: true });
  expect([existsSync(third), await pointsThere()]).toEqual([false, [...points.sql01]]);
});

function row(run: Run): string | undefined {
  return run.messages.filter(({ urn, ephemeral }) => ephemeral && urn.endsWith("::chain")).at(-1)?.text;
}
