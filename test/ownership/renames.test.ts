import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { CLAIM_FILE } from "../../provider/domain/records/record-names";
import { HostError } from "../../provider/host/simulator/index";
import { Engine } from "../support/engine";
import { finished } from "../support/engine-state";
import { diskFile } from "../support/exported-files";
import { bytesBelow } from "../support/files-below";
import { violations } from "../support/invariants";
import { recordsIn } from "../support/records";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { failedRepair, killedUp, refresh, up } from "../support/steps";
import { leaveUnfinished } from "../support/unfinished";

const OTHER = "urn:pulumi:prod::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::other";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const whole = (scene: Scene) => violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }]);

/** An up under the other name: no record can be written before files have been removed. */
async function upOnFullVolume(scene: Scene, engine: Engine): Promise<void> {
  let cleared = false;
  const session = new Session(scene, async (call, run) => {
    cleared ||= call.method === "startTasks";
    if (call.method !== "replaceTextFiles" || cleared) return run();
    return [{ ok: false, error: new HostError("noSpace", "no space left") }];
  });
  await engine.up(session, scene.inputs({ createUrn: OTHER }));
  await session.close();
  expect(cleared).toBe(true);
}

describe("a resource that is renamed (alias, stack rename, state move)", () => {
  const before: Record<string, (scene: Scene, engine: Engine) => Promise<unknown>> = {
    intact: async () => {},
    damaged: async (scene, engine) => {
      fs.rmSync(diskFile(scene));
      await refresh(scene, engine);
    },
    "damaged in its records": async (scene, engine) => {
      fs.rmSync(path.join(directoryOf(scene), CLAIM_FILE));
      await refresh(scene, engine);
    },
    "damaged as nobody knows yet": async (scene) => fs.rmSync(path.join(directoryOf(scene), CLAIM_FILE)),
    gone: async (scene) => fs.rmSync(directoryOf(scene), { recursive: true }),
  };

  for (const [status, prepare] of Object.entries(before)) {
    test(`${status}: a new resource of the old name is refused its directory`, async () => {
      const scene = await Scene.open();
      const engine = new Engine();
      await up(scene, engine, { createUrn: OTHER });
      await prepare(scene, engine);
      expect((await up(scene, engine)).code).toBeUndefined();
      const { exportId } = finished(engine);
      expect(recordsIn(directoryOf(scene)).claim).toMatchObject({ exportId, owner: { urn: scene.inputs().createUrn } });
      const before = bytesBelow(scene.volume);
      for (const changes of [{}, { onExisting: "adopt" as const }]) {
        const { code, reason } = await up(scene, new Engine(), { createUrn: OTHER, ...changes });
        expect(code).toBe("directory-owned-by-another");
        expect(reason).toContain('belongs to resource "sql01" of stack "ops/dev"');
      }
      expect(bytesBelow(scene.volume)).toEqual(before);
      expect(await whole(scene)).toEqual([]);
    });
  }

  test("while its create is unfinished: the claim names the new owner, and its job is gone on with", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await leaveUnfinished(scene, engine, 2_000_000);
    expect((await up(scene, engine, { createUrn: OTHER })).code).toBeUndefined();
    finished(engine);
    expect(recordsIn(directoryOf(scene)).claim.owner.urn).toBe(OTHER);
    expect(await scene.calls()).toBe(1);
    expect((await up(scene, new Engine())).code).toBe("directory-owned-by-another");
    expect(await whole(scene)).toEqual([]);
  });

  test("after its directory went to another: refused, and nothing is touched", async () => {
    const scene = await Scene.open();
    const [engine, second] = [new Engine(), new Engine()];
    await up(scene, engine, { createUrn: OTHER });
    await up(scene, second, { createUrn: OTHER });
    const before = bytesBelow(scene.volume);
    expect((await up(scene, engine)).code).toBe("directory-owned-by-another");
    expect(bytesBelow(scene.volume)).toEqual(before);
    await refresh(scene, second);
    finished(second);
  });

  test("and called as before after its repair has failed: refresh shows the name in the claim, and the next up takes it back", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    await failedRepair(scene, engine, { createUrn: OTHER });
    await up(scene, engine);
    expect(recordsIn(directoryOf(scene)).claim.owner.urn).toBe(scene.inputs().createUrn);
    expect((await up(scene, new Engine(), { createUrn: OTHER })).code).toBe("directory-owned-by-another");

    await killedUp(scene, engine, { key: "replaceTextFiles#1", when: "after" }, { createUrn: OTHER });
    expect(recordsIn(directoryOf(scene)).claim.owner.urn).toBe(OTHER);
    await refresh(scene, engine);
    expect(finished(engine).createUrn).toBe(OTHER);
    await up(scene, engine);
    expect(recordsIn(directoryOf(scene)).claim.owner.urn).toBe(scene.inputs().createUrn);
    expect((await up(scene, new Engine(), { createUrn: OTHER })).code).toBe("directory-owned-by-another");
    expect(await scene.calls()).toBe(3);
    expect(await whole(scene)).toEqual([]);
  });

  test("while its export is gone, and the job fails: the next up exports", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine, { createUrn: OTHER });
    fs.rmSync(directoryOf(scene), { recursive: true });
    await scene.lab.setFaults([{ fault: "jobFails", atPercent: 60, count: 1 }]);
    expect((await up(scene, engine)).code).toBe("job-failed");
    expect((await up(scene, engine)).code).toBeUndefined();
    expect(await whole(scene)).toEqual([]);
  });

  test("while it is damaged, and what its failed repair has written fills the volume: that is cleared first", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await up(scene, engine);
    await failedRepair(scene, engine);
    await upOnFullVolume(scene, engine);
    finished(engine);
    expect(recordsIn(directoryOf(scene)).claim.owner.urn).toBe(OTHER);
    expect(await whole(scene)).toEqual([]);
  });

  test("while it is unfinished and the volume is full: what is there is cleared first", async () => {
    const scene = await Scene.open();
    const engine = new Engine();
    await scene.lab.setFaults([{ fault: "jobFails", atPercent: 60, count: 1 }]);
    expect((await up(scene, engine)).code).toBe("job-failed");
    await upOnFullVolume(scene, engine);
    finished(engine);
    expect(recordsIn(directoryOf(scene)).claim.owner.urn).toBe(OTHER);
    expect(await whole(scene)).toEqual([]);
  });
});
