import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import type { Fault } from "../../provider/host/simulator/index";
import { Engine } from "../support/engine";
import { finished } from "../support/engine-state";
import { diskFile } from "../support/exported-files";
import { violations } from "../support/invariants";
import { recordsIn } from "../support/records";
import { Scene } from "../support/scene";
import { destroy, refresh, up } from "../support/steps";
import { leaveUnfinished } from "../support/unfinished";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const whole = (scene: Scene) => violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }]);

async function acceptedCalls(scene: Scene): Promise<number> {
  return (await scene.lab.calls()).filter(({ method, returnCode }) => method === "ExportReferencePoint" && returnCode === 4096).length;
}

describe("what a job left that ended badly", () => {
  for (const [fault, code] of [
    ["jobFails", "job-failed"],
    ["jobTerminated", "job-terminated"],
  ] as const) {
    test(`${fault} with every file written: not taken for an export once the job is forgotten`, async () => {
      const scene = await Scene.open();
      await scene.lab.setFaults([{ fault, atPercent: 100, count: 1 }]);
      const engine = new Engine();
      expect((await up(scene, engine)).code).toBe(code);
      expect(engine.current?.status).toBe("incomplete");
      expect(fs.existsSync(diskFile(scene))).toBe(true);
      await scene.lab.configure({ finishedJobLifetime: 1 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await scene.lab.describe()).jobs).toEqual([]);
      await scene.lab.configure({ finishedJobLifetime: "5m" });
      await up(scene, engine);
      finished(engine);
      expect(await acceptedCalls(scene)).toBe(2);
      expect(await whole(scene)).toEqual([]);
    });
  }
});

describe("files that are named like ours and are not", () => {
  const rescued = [
    ["rescue", "data.vhdx"],
    ["Virtual Hard Disks", "data - do not delete.vhdx"],
    ["Virtual Hard Disks", "data.vhdx.bak"],
    ["data.vhdx"],
    ["mine", "Virtual Hard Disks", "data.vhdx"],
  ];
  function putRescued(scene: Scene): void {
    for (const names of rescued) scene.putForeign("exports", "sql01", ...names);
  }
  function expectForeign(scene: Scene, engine: Engine): void {
    const { files, warnings } = finished(engine);
    const { manifest } = recordsIn(directoryOf(scene));
    for (const names of rescued) {
      expect(manifest.files.map((file) => file.path)).not.toContain(names.join("/"));
      expect(warnings.join("\n")).toContain(names.join("/"));
    }
    expect(files).toEqual(manifest.files);
  }
  const failure: Fault = { fault: "jobFails", atPercent: 60, count: 1 };

  test("survive a create that fails and is tried again", async () => {
    const scene = await Scene.open();
    await scene.lab.setFaults([failure]);
    const engine = new Engine();
    expect((await up(scene, engine)).code).toBe("job-failed");
    putRescued(scene);
    await up(scene, engine);
    expectForeign(scene, engine);
    expect(await acceptedCalls(scene)).toBe(2);
    expect(await whole(scene)).toEqual([]);
  });

  test("survive a repair, also one that fails and is tried again", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    fs.rmSync(diskFile(scene));
    putRescued(scene);
    await refresh(scene, engine);
    await scene.lab.setFaults([failure]);
    expect((await up(scene, engine)).code).toBe("job-failed");
    await up(scene, engine);
    expectForeign(scene, engine);
    expect(await whole(scene)).toEqual([]);
  });

  test("survive destroy, which names them", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    putRescued(scene);
    const { code, warnings } = await destroy(scene, engine);
    expect(code).toBeUndefined();
    for (const names of rescued) expect(warnings).toContain(names.join("/"));
    expect(await violations(scene, [])).toEqual([]);
  });

  test("survive the destroy of a create that failed", async () => {
    const scene = await Scene.open();
    await scene.lab.setFaults([failure]);
    const engine = new Engine();
    expect((await up(scene, engine)).code).toBe("job-failed");
    putRescued(scene);
    await destroy(scene, engine);
    expect(await violations(scene, [])).toEqual([]);
  });
});

test("without claim and manifest, a file that has another size than the state says is somebody's: destroy leaves and names it", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await up(scene, engine);
  for (const record of [CLAIM_FILE, MANIFEST_FILE]) fs.rmSync(path.join(directoryOf(scene), record));
  const file = path.relative(scene.volume, diskFile(scene));
  scene.putForeign(file);
  const { code, warnings } = await destroy(scene, engine);
  expect(code).toBeUndefined();
  expect(warnings).toContain(path.basename(file));
  expect(await violations(scene, [])).toEqual([]);
});

test("an unfinished export whose claim is gone: destroy cancels its job", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  await leaveUnfinished(scene, engine, 20_000);
  fs.rmSync(path.join(directoryOf(scene), CLAIM_FILE));
  const { code } = await destroy(scene, engine);
  expect(code).toBeUndefined();
  expect((await scene.lab.describe()).jobs.map(({ jobState }) => jobState)).toEqual([8]);
});

test("a claim that was deleted is written again and the manifest is not, so the export can still be kept and adopted", async () => {
  const scene = await Scene.open();
  const engine = new Engine();
  const arguments_ = { disksToExport: ["data.vhdx", "system.vhdx"], onDestroy: "keep" as const };
  await up(scene, engine, arguments_);
  const manifestFile = path.join(directoryOf(scene), MANIFEST_FILE);
  const before = { text: fs.readFileSync(manifestFile, "utf8"), written: fs.statSync(manifestFile).mtimeMs };
  fs.rmSync(path.join(directoryOf(scene), CLAIM_FILE));
  await refresh(scene, engine);
  expect(engine.current?.problems.join("\n")).toContain("claim-missing");
  await up(scene, engine, arguments_);
  finished(engine);
  expect({ text: fs.readFileSync(manifestFile, "utf8"), written: fs.statSync(manifestFile).mtimeMs }).toEqual(before);

  await destroy(scene, engine);
  const adopter = new Engine();
  await up(scene, adopter, { ...arguments_, onExisting: "adopt", createUrn: `${scene.inputs().createUrn}-2` });
  finished(adopter);
  expect(await scene.calls()).toBe(1);
  expect(await whole(scene)).toEqual([]);
});
