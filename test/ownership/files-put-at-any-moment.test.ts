import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { CLAIM_FILE } from "../../provider/domain/records/record-names";
import { onceAfter } from "../support/decorated-host";
import { Engine } from "../support/engine";
import { finished } from "../support/engine-state";
import { diskFile } from "../support/exported-files";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { destroy, disturbedUp, up } from "../support/steps";

const LIMITS = { create: "20s", stall: "10s", delete: "20s" };

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;

/** With an extension of Hyper-V's: only the moment tells that no job has written it. */
const putRescued = (scene: Scene) => scene.putForeign("exports", "sql01", "rescued.vhdx");

/** The next up makes the export true without it, and destroy leaves it alone. */
async function expectSpared(scene: Scene, engine: Engine): Promise<void> {
  await up(scene, engine);
  expect(finished(engine).files?.map((file) => file.path)).not.toContain("rescued.vhdx");
  expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }])).toEqual([]);
  await destroy(scene, engine);
  expect(await violations(scene, [])).toEqual([]);
}

describe("somebody's disk that comes into the directory while no job writes to it is spared", () => {
  test("before the claim, into a directory that was empty when it was looked at", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    fs.mkdirSync(directoryOf(scene), { recursive: true });
    const looked = onceAfter(
      ({ method }) => method === "listReferencePoints",
      () => putRescued(scene),
    );
    expect((await disturbedUp(scene, engine, looked)).code).toBeUndefined();
    await expectSpared(scene, engine);
  });

  test("while the export waits until that of another resource of the machine has ended", async () => {
    const scene = await Scene.open({ synchronousExports: false, bytesPerSecond: 300_000 });
    const [first, second] = [new Engine(), new Engine()];
    const session = new Session(scene);
    const other = { exportDirectory: scene.at("other"), createUrn: `${scene.inputs().createUrn}-other` };
    const ups = [first.up(session, scene.inputs(other))];
    await until(() => fs.existsSync(scene.at("other", CLAIM_FILE)));
    ups.push(second.up(session, scene.inputs()));
    await until(() => session.progress.some((line) => line.startsWith("waiting for other work on")));
    putRescued(scene);
    await Promise.all(ups);
    await session.close();
    await destroy(scene, first);
    await expectSpared(scene, second);
  });

  test("after the host has refused the method for now", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await scene.lab.setFaults([{ fault: "returnCode", code: 32775, count: 1 }]);
    const recorded = onceAfter(
      ({ method }) => method === "replaceTextFiles",
      () => putRescued(scene),
    );
    expect((await disturbedUp(scene, engine, recorded)).code).toBeUndefined();
    await expectSpared(scene, engine);
  });

  test("after its job has failed with an error that may pass", async () => {
    const scene = await Scene.open({ synchronousExports: false });
    const engine = new Engine();
    await scene.lab.setFaults([{ fault: "jobFails", atPercent: 60, errorCode: 32775, count: 1 }]);
    const recorded = onceAfter(
      ({ method, items }) => method === "replaceTextFiles" && JSON.stringify(items).includes('\\"files\\"'),
      () => putRescued(scene),
    );
    expect((await disturbedUp(scene, engine, recorded)).code).toBeUndefined();
    await expectSpared(scene, engine);
  });

  for (const [code, timeouts] of [
    ["job-stalled", { ...LIMITS, stall: "500ms" }],
    ["timed-out", { ...LIMITS, create: "1s" }],
  ] as const) {
    test(`after its job was cancelled: ${code}`, async () => {
      const scene = await Scene.open({ synchronousExports: false }, timeouts);
      const engine = new Engine();
      await scene.lab.setFaults([{ fault: "jobStalls", atPercent: 60, count: 1 }]);
      expect((await up(scene, engine)).code).toBe(code);
      putRescued(scene);
      scene.timeouts = LIMITS;
      await expectSpared(scene, engine);
    });
  }

  test("after what the job had written was found not to be whole", async () => {
    const scene = await Scene.open({ synchronousExports: false });
    const engine = new Engine();
    const ended = onceAfter(
      ({ key }, answer) => key.startsWith("poll-jobs") && JSON.stringify(answer).includes('"jobState":7'),
      () => fs.rmSync(diskFile(scene)),
    );
    expect((await disturbedUp(scene, engine, ended)).code).toBe("export-incomplete");
    putRescued(scene);
    await expectSpared(scene, engine);
  });
});

describe("more of somebody's files than a claim can name", () => {
  test("in a directory that was empty when it was looked at: no export, and destroy removes the claim alone", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    fs.mkdirSync(directoryOf(scene), { recursive: true });
    const claimed = onceAfter(
      ({ method }) => method === "createTextFiles",
      () => {
        for (let number = 0; number <= 1000; number++) scene.putForeign("exports", "sql01", `${number}.vhdx`);
      },
    );
    const { code, reason } = await disturbedUp(scene, engine, claimed);
    expect(code).toBe("directory-not-empty");
    expect(reason).toContain("1001 files and folders");
    expect(engine.current?.status).toBe("incomplete");
    expect(await scene.calls()).toBe(0);
    const { warnings } = await destroy(scene, engine);
    expect(warnings).toContain("0.vhdx");
    expect(await violations(scene, [])).toEqual([]);
  });

  test("one fewer is told apart", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    fs.mkdirSync(directoryOf(scene), { recursive: true });
    const claimed = onceAfter(
      ({ method }) => method === "createTextFiles",
      () => {
        for (let number = 0; number < 1000; number++) scene.putForeign("exports", "sql01", `${number}.vhdx`);
      },
    );
    expect((await disturbedUp(scene, engine, claimed)).code).toBeUndefined();
    await expectSpared(scene, engine);
  });
});

describe("an empty folder", () => {
  const makeFolder = (scene: Scene, name: string) => fs.mkdirSync(path.join(directoryOf(scene), name));
  const called = (scene: Scene) =>
    onceAfter(
      ({ method }) => method === "exportReferencePoints",
      () => makeFolder(scene, "Snapshots"),
    );

  test("that the job made goes with the export, also after a repair", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await disturbedUp(scene, engine, called(scene));
    fs.rmSync(diskFile(scene));
    if (engine.current) engine.current = { ...engine.current, status: "damaged" };
    await up(scene, engine);
    finished(engine);
    expect((await destroy(scene, engine)).warnings).toBe("");
    expect(await violations(scene, [])).toEqual([]);
  });

  test("that a failed job made goes with what it had written", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await scene.lab.setFaults([{ fault: "jobFails", atPercent: 60, count: 1 }]);
    await disturbedUp(scene, engine, called(scene));
    await up(scene, engine);
    expect(await violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }])).toEqual([]);
  });

  test("that somebody made after the job had failed stays", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await scene.lab.setFaults([{ fault: "jobFails", atPercent: 60, count: 1 }]);
    expect((await up(scene, engine)).code).toBe("job-failed");
    makeFolder(scene, "for later");
    expect((await destroy(scene, engine)).warnings).toContain("for later");
    expect(fs.readdirSync(directoryOf(scene))).toEqual(["for later"]);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}
