import * as path from "node:path";
import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { ChainEngine } from "../support/chain-engine";
import { night, run } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { withoutMachine } from "../support/lost-machine";

async function chainOf(count: number, changes: Partial<ChainInputs> = {}): Promise<{ place: ChainScene; engine: ChainEngine }> {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  for (let number = 1; number <= count; number++) await night(place, engine, `n${number}`, changes);
  return { place, engine };
}

async function failureOf(work: Promise<unknown>): Promise<{ reason: string; remedy: string; code: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isExportError(error) ? error : expect.fail(`it ended with ${error}`);
}

test("a destroy that fails midway says what is gone and what is there, and that Pulumi does not know it without a refresh", async () => {
  const { place, engine } = await chainOf(3);
  await place.scene.lab.setFaults([{ fault: "accessDenied", path: path.join(place.directory, "n2") }]);
  for (const _ of ["once", "again"]) {
    const { code, reason, remedy } = await failureOf(run(place, (session) => engine.destroy(session)));
    expect(code).toBe("access-denied");
    expect(reason).toMatch(/Removed by now, wholly or in part: n3, n2; not touched: n1$/);
    expect(remedy).toMatch(/run the destroy again or, to go on with the chain, pulumi up --refresh/);
  }
  await place.scene.lab.clearFaults();
  await run(place, (session) => engine.destroy(session));
  expect(await place.violations([])).toEqual([]);
  place.close();
});

test("a destroy that fails before anything is gone says nothing of that", async () => {
  const { place, engine } = await chainOf(2);
  await place.scene.lab.setFaults([{ fault: "accessDenied", path: place.directory }]);
  const { reason } = await failureOf(run(place, (session) => engine.destroy(session)));
  expect(reason).not.toContain("Removed by now");
  place.close();
});

test("a destroy that cannot destroy the point says that no generation is left", async () => {
  const { place, engine } = await chainOf(2);
  await place.scene.lab.setFaults([{ fault: "returnCode", method: "destroyReferencePoints", code: 32773 }]);
  const { reason } = await failureOf(run(place, (session) => engine.destroy(session)));
  expect(reason).toMatch(/in part: n2, n1; no generation is left$/);
  await place.scene.lab.clearFaults();
  await run(place, (session) => engine.destroy(session));
  expect(await place.violations([])).toEqual([]);
  place.close();
});

test("a chain whose destroy has failed goes on after a refresh, with the generation that is declared", async () => {
  const { place, engine } = await chainOf(3);
  await place.scene.lab.setFaults([{ fault: "accessDenied", path: path.join(place.directory, "n2") }]);
  await failureOf(run(place, (session) => engine.destroy(session)));
  await place.scene.lab.clearFaults();
  await run(place, (session) => engine.refresh(session));
  expect(engine.current?.status).toBe("incomplete");
  await night(place, engine, "n3");
  expect(await place.violations(["n1", "n3"])).toEqual([]);
  place.close();
});

test("a destroy of a chain whose machine is gone from its host removes the generations and takes the point for gone", async () => {
  const { place, engine } = await chainOf(2);
  const machine = place.record()?.virtualMachineId ?? "";
  const destroyed = await run(place, (session) => engine.destroy(session), withoutMachine(machine));
  expect(destroyed.warnings.join()).toMatch(/The virtual machine SQL01 is not there any more; its point .* is given up/);
  expect(engine.current).toBeUndefined();
  const left = (await place.violations([])).filter((problem) => !problem.startsWith("the points are"));
  expect(left).toEqual([]);
  place.close();
});

test("a destroy whose point somebody has destroyed before is a success without a word of it", async () => {
  const { place, engine } = await chainOf(2);
  await place.scene.lab.removeReferencePoint(place.record()?.generations.at(-1)?.referencePointId ?? "");
  const destroyed = await run(place, (session) => engine.destroy(session));
  expect(destroyed.warnings).toEqual([]);
  expect(await place.violations([])).toEqual([]);
  place.close();
});
