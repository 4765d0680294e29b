import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { ExportChain, type ExportChainArgs } from "pulumi-hyperv-reference-point";
import { afterEach, beforeEach, expect, it } from "vitest";
import { opOf } from "./test-stack";
import { Workplace } from "./workplace";

let place: Workplace;
let directory: string;
beforeEach(async () => {
  place = await Workplace.open();
  await place.lab.configure({ pointJobDuration: 0 });
  directory = place.directory();
});
afterEach(() => place.close());

function program(args: Partial<ExportChainArgs>, { name = "chain", ...opts }: pulumi.CustomResourceOptions & { name?: string } = {}) {
  return async () => {
    const declared = {
      host: place.host,
      virtualMachine: "SQL01",
      directory,
      via: "referencePoint" as const,
      generation: "n1",
      fullEvery: 3,
    };
    const { restorable, status } = new ExportChain(name, { ...declared, ...args }, opts);
    return { restorable, status };
  };
}

const BOTH = ["export-chain.json", "n1", "n2"];

async function stackOfTwo() {
  const stack = await place.stack();
  for (const generation of ["n1", "n2"]) expect(await stack.up(program({ generation }))).toMatchObject({ ok: true });
  return stack;
}

it.each(["delete", "keep"] as const)("a replacement in the same directory deletes no generation, with onDestroy %s", async (onDestroy) => {
  const stack = await place.stack();
  const two = (name?: string, opts: pulumi.CustomResourceOptions = {}) =>
    program({ generation: "n2", onDestroy }, { ...(name !== undefined && { name }), deleteBeforeReplace: true, ...opts });
  for (const generation of ["n1", "n2"]) expect(await stack.up(program({ generation, onDestroy }))).toMatchObject({ ok: true });
  const { urn } = stack.resource("chain");
  const replaced = await stack.up(two(), { replace: [urn] });
  expect([replaced.ok, replaced.steps.some(({ op }) => op === "delete-replaced"), readdirSync(directory).sort()]).toEqual([
    true,
    true,
    BOTH,
  ]);
  expect(stack.command("state", "taint", urn, "--yes").status).toBe(0);
  const renamed = await stack.up(two("renamed", { aliases: [{ name: "chain" }] }));
  expect([renamed.ok, renamed.steps.some(({ op }) => op === "delete-replaced"), readdirSync(directory).sort()]).toEqual([true, true, BOTH]);
  await stack.rename(`${stack.name}-renamed`);
  const moved = await stack.up(two("renamed"), { replace: [stack.resource("renamed").urn] });
  expect([moved.ok, moved.steps.some(({ op }) => op === "delete-replaced"), readdirSync(directory).sort()]).toEqual([true, true, BOTH]);
  expect(await stack.up(program({ generation: "n3", onDestroy }, { name: "renamed" }))).toMatchObject({ ok: true });
  expect(await stack.outputs()).toMatchObject({ restorable: ["n1", "n2", "n3"], status: "intact" });
});

it.each(["delete-before-replace", "create-before-delete"] as const)(
  "a replacement in another directory keeps the old chain, by %s",
  async (order) => {
    const stack = await stackOfTwo();
    await stack.rename(`${stack.name}-renamed`);
    const second = place.directory();
    expect(stack.command("state", "taint", stack.resource("chain").urn, "--yes").status).toBe(0);
    const opts = { deleteBeforeReplace: order === "delete-before-replace" };
    const run = await stack.up(program({ generation: "n3", directory: second }, opts));
    expect([run.ok, run.steps.some(({ op }) => op === "delete-replaced"), readdirSync(directory).sort()]).toEqual([true, true, BOTH]);
    expect(run.text).toContain("Its 2 generations are kept all the same");
    // It is nobody's then, and whoever adopts it goes on with it.
    const adopting = program({ generation: "n4", onExisting: "adopt" }, { name: "adopting" });
    const other = await place.stack();
    expect(await other.up(adopting)).toMatchObject({ ok: true });
    expect(await other.outputs()).toMatchObject({ restorable: ["n1", "n2", "n4"], status: "intact" });
  },
);

it("replaceWith is refused: the engine deletes before it has asked anything of the chain", async () => {
  const stack = await stackOfTwo();
  const run = await stack.up(async () => {
    const replaceWith = [
      new ExportChain("other", {
        host: place.host,
        virtualMachine: "WEB01",
        directory: place.directory(),
        via: "referencePoint",
        generation: "n1",
      }),
    ];
    new ExportChain(
      "chain",
      { host: place.host, virtualMachine: "SQL01", directory, via: "referencePoint", generation: "n2" },
      { replaceWith },
    );
  });
  expect([run.ok, run.text.includes("declare the chain (replaceWith)"), readdirSync(directory).sort()]).toEqual([false, true, BOTH]);
});

it("what is deleted on purpose is deleted: by a destroy with its program, of a target, and by leaving it out of the program", async () => {
  const stack = await place.stack();
  for (const remove of [
    () => stack.destroy({ runProgram: true }),
    () => stack.destroy({ target: [stack.resource("chain").urn] }),
    () => stack.up(async () => {}),
  ]) {
    expect(await stack.up(program({}))).toMatchObject({ ok: true });
    const removed = await remove();
    expect([removed.ok, existsSync(directory)]).toEqual([true, false]);
  }
});

it("a destroy that fails midway names what is gone; the engine keeps its state as it was", async () => {
  const stack = await stackOfTwo();
  await place.lab.setFaults([{ fault: "accessDenied", path: join(directory, "n1") }]);
  const before = stack.keptResources();
  const failed = await stack.destroy();
  expect([failed.ok, failed.text.includes("in part: n2, n1; no generation is left")]).toEqual([false, true]);
  expect(stack.keptResources()).toEqual(before);
  await place.lab.clearFaults();
  const up = await stack.up(program({ generation: "n2" }));
  expect(opOf(up, "chain")).toBe("same");
  expect(await stack.up(program({ generation: "n2" }), { refresh: true })).toMatchObject({ ok: true });
  expect(await stack.outputs()).toMatchObject({ restorable: ["n2"], status: "intact" });
});
