import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { ChainEngine } from "../support/chain-engine";
import { night, run } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { Session } from "../support/session";

test("nights make a chain: full, differential, and retention from the oldest line's end", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  const kinds: string[] = [];
  const kept = [
    ["n1"],
    ["n1", "n2"],
    ["n1", "n2", "n3"],
    ["n1", "n2", "n3", "n4"],
    ["n1", "n2", "n3", "n4", "n5"],
    ["n1", "n2", "n3", "n4", "n5", "n6"],
    // The last four are n4 to n7, and n4 begins a line of its own.
    ["n4", "n5", "n6", "n7"],
  ];
  for (const [index, labels] of kept.entries()) {
    await night(place, engine, `n${index + 1}`);
    expect(await place.violations(labels)).toEqual([]);
    kinds.push(place.record()?.generations.at(-1)?.kind ?? "none");
    expect(engine.current).toMatchObject({ status: "intact", problems: [] });
  }
  expect(kinds).toEqual(["full", "differential", "differential", "full", "differential", "differential", "full"]);
  expect(engine.current?.generations.at(-1)).toMatch(/^n7 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ full \d+$/);
  // The same label again asks for nothing, and no host is asked.
  const calls: string[] = [];
  const session = new Session(place.scene, (call, go) => {
    calls.push(call.key);
    return go();
  });
  expect(await engine.up(session, place.inputs({ generation: "n7" }))).toBe(false);
  expect(calls).toEqual([]);
  await run(place, (each) => engine.refresh(each));
  expect(engine.current).toMatchObject({ status: "intact", problems: [] });
  await run(place, (each) => engine.destroy(each));
  expect(await place.violations([])).toEqual([]);
  place.close();
});

test("a refresh of a chain asks for it twice, whatever its length", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  for (let number = 1; number <= 6; number++) await night(place, engine, `n${number}`, { keep: undefined as never });
  const calls: string[] = [];
  const session = new Session(place.scene, (call, go) => {
    calls.push(call.method);
    return go();
  });
  await engine.refresh(session);
  expect(calls).toEqual(["readDirectories", "readDirectories"]);
  place.close();
});

test("damage of the newest line is followed by a full generation at once, and what can be restored stays", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  for (const label of ["n1", "n2", "n3", "n4", "n5"]) await night(place, engine, label, { keep: undefined as never });
  const disk =
    fs
      .readdirSync(path.join(place.directory, "n4"), { recursive: true })
      .map(String)
      .find((name) => /data.*vhdx$/.test(name)) ?? "";
  fs.truncateSync(path.join(place.directory, "n4", disk), 10);
  const refresh = await run(place, (session) => engine.refresh(session));
  expect(refresh.warnings.join("\n")).toContain("What can be restored now: n3, n2, n1.");
  expect(engine.current?.status).toBe("damaged");
  expect(engine.current?.problems).toEqual([
    expect.stringMatching(/^generation-damaged: n4: file-resized: .*expected \d+ bytes, found 10$/),
    "base-changed: n5: it continues n4",
  ]);
  expect(engine.current?.generations.map((line) => line.split(" ").slice(4).join())).toEqual(["", "", "", "damaged", "baseChanged"]);
  // The label is there already, and the word gets a number.
  const up = await night(place, engine, "n5", { keep: undefined as never });
  expect(up.warnings.join("\n")).toContain("n5");
  expect(place.record()?.generations.map(({ label }) => label)).toEqual(["n1", "n2", "n3", "n4", "n5", "n5-2"]);
  expect(place.record()?.generations.at(-1)).toMatchObject({ kind: "full", reason: "previousDamaged" });
  expect(engine.current?.status).toBe("intact");
  expect(await place.restoreProblems(["n1", "n2", "n3", "n5-2"])).toEqual([]);
  const session = new Session(place.scene);
  expect(await engine.up(session, place.inputs({ generation: "n5", keep: undefined as never }))).toBe(false);
  await night(place, engine, "n6", { keep: undefined as never });
  expect(place.record()?.generations.at(-1)).toMatchObject({ label: "n6", kind: "differential", base: "n5-2" });
  place.close();
});

test("a generation whose base is gone says so, and one that is gone itself", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  for (const label of ["n1", "n2", "n3", "n4"]) await night(place, engine, label, { keep: undefined as never });
  fs.rmSync(path.join(place.directory, "n1"), { recursive: true });
  await run(place, (session) => engine.refresh(session));
  expect(engine.current?.generations.map((line) => line.split(" ").slice(4).join())).toEqual(["gone", "baseMissing", "baseMissing", ""]);
  // The newest line is well: nothing is to be done.
  expect(engine.current?.status).toBe("intact");
  place.close();
});

test("content that was altered is found by the rotating portion, over the whole chain", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  const changes = { keep: undefined as never, verification: { level: "content", portion: "1/3" } as const };
  for (const label of ["n1", "n2"]) await night(place, engine, label, changes);
  const disk =
    fs
      .readdirSync(path.join(place.directory, "n1"), { recursive: true })
      .map(String)
      .find((name) => /data.*vhdx$/.test(name)) ?? "";
  const file = path.join(place.directory, "n1", disk);
  const bytes = fs.readFileSync(file);
  bytes[100] = (bytes[100] ?? 0) ^ 255;
  fs.writeFileSync(file, bytes);
  const statuses: (string | undefined)[] = [];
  for (let refresh = 0; refresh < 4; refresh++) {
    await run(place, (session) => engine.refresh(session));
    statuses.push(engine.current?.status);
  }
  // Found once in three refreshes, and it stays found.
  expect(statuses.slice(2)).toEqual(["damaged", "damaged"]);
  expect(engine.current?.problems[0]).toMatch(/^generation-damaged: n1: file-altered: /);
  await night(place, engine, "n3", changes);
  expect(place.record()?.generations.at(-1)).toMatchObject({ label: "n3", kind: "full", reason: "previousDamaged" });
  place.close();
});
