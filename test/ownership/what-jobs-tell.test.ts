import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { CLAIM_FILE } from "../../provider/domain/records/record-names";
import { onceAfter, whereJobsTell } from "../support/decorated-host";
import { Engine } from "../support/engine";
import { finished } from "../support/engine-state";
import { violations } from "../support/invariants";
import { recordsIn } from "../support/records";
import { Scene } from "../support/scene";
import { destroy, disturbedUp, refresh, up } from "../support/steps";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const whole = (scene: Scene) => violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }]);
const asJobs = { synchronousExports: false } as const;

describe("a job that names files", () => {
  test("by another path of the directory: they are the export's all the same", async () => {
    const scene = await Scene.open(asJobs, undefined, "opaque");
    const engine = new Engine();
    fs.mkdirSync(scene.at("real"));
    fs.symlinkSync(scene.at("real"), scene.at("exports"));
    const real = (file: string) => file.replace(scene.at("exports"), scene.at("real"));
    const tell = whereJobsTell((job) => ({
      ...job,
      exportedFiles: job.exportedFiles.map((named) => ({ ...named, path: real(named.path) })),
    }));
    expect((await disturbedUp(scene, engine, tell)).code).toBeUndefined();
    expect(finished(engine).warnings).toEqual([]);
    await destroy(scene, engine);
    expect(fs.readdirSync(scene.at("real"))).toEqual([]);
  });

  test("outside of the directory: they are nobody's but their owner's", async () => {
    const scene = await Scene.open(asJobs);
    const engine = new Engine();
    scene.putForeign("exports", "sql01-other", "theirs.vhdx");
    const outside = ["neighbour.txt", "exports/sql01-other/theirs.vhdx", "exports/sql01/../../neighbour.txt", "exports/sql01"];
    const tell = whereJobsTell((job) => ({
      ...job,
      exportedFiles: [
        ...job.exportedFiles,
        ...outside.map((name) => ({ path: `${scene.volume}/${name}`, namedBy: "log" as const })),
        { path: "neighbour.txt", namedBy: "log" },
      ],
    }));
    expect((await disturbedUp(scene, engine, tell)).code).toBeUndefined();
    expect(await whole(scene)).toEqual([]);
    await destroy(scene, engine);
    expect(await violations(scene, [])).toEqual([]);
  });

  test("that are not there: the export is incomplete, and the next up makes it", async () => {
    const scene = await Scene.open(asJobs);
    const engine = new Engine();
    const lost = { path: path.join(directoryOf(scene), "lost.dat"), namedBy: "guestState" } as const;
    const tell = whereJobsTell((job) => ({ ...job, exportedFiles: [...job.exportedFiles, lost] }));
    const { code, reason } = await disturbedUp(scene, engine, tell);
    expect(code).toBe("export-incomplete");
    expect(reason).toContain("it lacks lost.dat");
    await up(scene, engine);
    finished(engine);
    expect(await whole(scene)).toEqual([]);
  });

  test("that were there before: the error says that it wrote over them, and they are not touched", async () => {
    const scene = await Scene.open(asJobs);
    const engine = new Engine();
    fs.mkdirSync(directoryOf(scene), { recursive: true });
    const theirs = { path: path.join(directoryOf(scene), "theirs.vmgs"), namedBy: "guestState" } as const;
    const tell = whereJobsTell((job) => ({ ...job, exportedFiles: [...job.exportedFiles, theirs] }));
    const put = onceAfter(
      ({ method }) => method === "createTextFiles",
      () => scene.putForeign("exports", "sql01", "theirs.vmgs"),
    );
    const { code, reason } = await disturbedUp(scene, engine, (call, run) => tell(call, () => put(call, run)));
    expect(code).toBe("export-incomplete");
    expect(reason).toContain("its job wrote over theirs.vmgs, which was there before");
    await up(scene, engine);
    expect(finished(engine).warnings.join("\n")).toContain("theirs.vmgs");
    expect(await whole(scene)).toEqual([]);
    await destroy(scene, engine);
    expect(await violations(scene, [])).toEqual([]);
  });

  test("and no longer names them when it has ended: what was named while it ran is the export's", async () => {
    const scene = await Scene.open({ ...asJobs, bytesPerSecond: 300_000 }, undefined, "opaque");
    const engine = new Engine();
    let early: string[] = [];
    const tell = whereJobsTell((job) => {
      if (job.jobState === 7) return { ...job, exportedFiles: [] };
      early = job.exportedFiles.map((named) => path.relative(directoryOf(scene), named.path));
      return job;
    });
    expect((await disturbedUp(scene, engine, tell)).code).toBeUndefined();
    expect(early).not.toEqual([]);
    expect(recordsIn(directoryOf(scene)).manifest.files.map((file) => file.path)).toEqual(expect.arrayContaining(early));
  });
});

describe("a job that has written", () => {
  test("no file: no export", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    let calls = 0;
    const { code, reason } = await disturbedUp(scene, engine, async (call, run) => {
      if (call.method !== "exportReferencePoints") return run();
      calls++;
      return [{ ok: true, value: { kind: "completed" } }];
    });
    expect([code, reason, calls]).toEqual(["export-incomplete", "its job has written no file", 1]);
    await up(scene, engine);
    finished(engine);
    expect(await whole(scene)).toEqual([]);
  });

  for (const name of ["a:b.vhdx", "DATA.vhdx", "aux .vhdx", "back\\slash.vhdx", "two\nlines.vhdx"]) {
    test(`${JSON.stringify(name)}: it is listed with the others, and removed with them`, async () => {
      const scene = await Scene.open(asJobs);
      const engine = new Engine();
      const file = path.join("Virtual Hard Disks", name);
      const called = onceAfter(
        ({ method }) => method === "exportReferencePoints",
        () => {
          fs.mkdirSync(path.join(directoryOf(scene), "Virtual Hard Disks"), { recursive: true });
          fs.writeFileSync(path.join(directoryOf(scene), file), "of the job, as far as anybody can tell");
        },
      );
      expect((await disturbedUp(scene, engine, called)).code).toBeUndefined();
      expect(finished(engine).files?.map((one) => one.path)).toContain(file);
      expect(await whole(scene)).toEqual([]);
      await refresh(scene, engine);
      finished(engine);
      expect((await destroy(scene, engine)).warnings).toBe("");
      expect(fs.existsSync(directoryOf(scene))).toBe(false);
    });
  }

  test("other disks than were asked for: the error names both, and what it has written is done again", async () => {
    const scene = await Scene.open(asJobs);
    const engine = new Engine();
    const [{ disks } = { disks: [] }] = (await scene.lab.describe()).virtualMachines;
    const ids = disks.map(({ instanceId }) => instanceId);
    const tell = whereJobsTell((job) => (job.exportedDisks ? { ...job, exportedDisks: job.exportedDisks.slice(1) } : job));
    const { code, reason } = await disturbedUp(scene, engine, tell);
    expect(code).toBe("export-incomplete");
    expect(reason).toContain(`has exported the disks ${ids[1]}; asked for were ${ids.join(", ")}`);
    expect(stateOfAttempt(scene)).toBe("prepared");
    await up(scene, engine);
    finished(engine);
    expect(await scene.calls()).toBe(2);
    expect(await whole(scene)).toEqual([]);
  });

  test("the disks that were asked for, in another letter case: an export", async () => {
    const scene = await Scene.open(asJobs);
    const engine = new Engine();
    const tell = whereJobsTell((job) =>
      job.exportedDisks ? { ...job, exportedDisks: job.exportedDisks.map((id) => id.toLowerCase()).reverse() } : job,
    );
    expect((await disturbedUp(scene, engine, tell)).code).toBeUndefined();
    expect(await whole(scene)).toEqual([]);
  });
});

function stateOfAttempt(scene: Scene): string | undefined {
  const claim = fs.readFileSync(path.join(directoryOf(scene), CLAIM_FILE), "utf8");
  return (JSON.parse(claim) as { attempt?: { state: string } }).attempt?.state;
}
