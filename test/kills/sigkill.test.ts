import * as fs from "node:fs";
import { afterAll, expect, test } from "vitest";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { Engine } from "../support/engine";
import { countFrom } from "../support/environment";
import { diskFile } from "../support/exported-files";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { undisturbed } from "../support/undisturbed";
import { runVictim } from "./run-victim";

const victim = (request: object) => runVictim<ExportState>("victim.mjs", request);

const verbs = { create: [], update: ["damage"], delete: [] } as const;
const manners: Readonly<Record<string, LabConfiguration>> = {
  "with a job": { synchronousExports: false },
  synchronously: { synchronousExports: true },
};
/** Moments between two that are tried: each costs a process. HYPERV_KILL_EVERY=1 tries them all. */
const EVERY = countFrom("HYPERV_KILL_EVERY", 8);
let killed = 0;

async function sceneFor(verb: keyof typeof verbs, configuration: LabConfiguration): Promise<{ scene: Scene; engine: Engine }> {
  const scene = await Scene.open(configuration);
  const engine = new Engine();
  if (verb === "create") return { scene, engine };
  await undisturbed(scene, (session) => engine.up(session, scene.inputs()));
  scene.putForeign("exports", "sql01", "notes.txt");
  if (verb === "update") {
    fs.rmSync(diskFile(scene));
    await undisturbed(scene, (session) => engine.refresh(session));
  }
  return { scene, engine };
}

/** The number of moments of an undisturbed run, or undefined after a kill from which everything recovered. */
async function killAt(verb: keyof typeof verbs, configuration: LabConfiguration, dieAt: number): Promise<number | undefined> {
  const { scene, engine } = await sceneFor(verb, configuration);
  const before = await scene.calls();
  const told = await victim({ labDirectory: scene.labDirectory, verb, inputs: scene.inputs(), state: engine.current, dieAt });
  if (told) engine.current = told.state ?? undefined;
  else killed++;
  await undisturbed(scene, (session) => (verb === "delete" ? engine.destroy(session) : engine.up(session, scene.inputs())));
  const expected = verb === "delete" ? [] : [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }];
  expect(await violations(scene, expected), `killed at moment ${dieAt}`).toEqual([]);
  expect((await scene.calls()) - before, `calls after a kill at moment ${dieAt}`).toBe(verb === "delete" ? 0 : 1);
  scene.close();
  return told?.moments;
}

for (const verb of Object.keys(verbs) as (keyof typeof verbs)[]) {
  for (const [manner, configuration] of Object.entries(manners)) {
    if (verb === "delete" && manner !== "with a job") continue;
    test.concurrent(`a ${verb} whose process is killed at any moment of a call, ${manner}, is put right by the next run`, {
      timeout: 1_800_000 / EVERY,
    }, async () => {
      const moments = (await killAt(verb, configuration, 0)) ?? 0;
      expect(moments).toBeGreaterThan(5);
      let survived = 0;
      let tried = 0;
      for (let dieAt = 1; dieAt <= moments; dieAt += EVERY, tried++) {
        if ((await killAt(verb, configuration, dieAt)) !== undefined) survived++;
      }
      // How often a job is polled differs from run to run, so the last moments may not come.
      expect(survived).toBeLessThan(tried);
    });
  }
}

afterAll(() => console.log(`${killed} processes killed in the middle of a change`));
