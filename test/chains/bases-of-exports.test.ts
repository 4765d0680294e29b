import * as fs from "node:fs";
import { expect, test } from "vitest";
import { Engine } from "../support/engine";
import { Scene } from "../support/scene";
import { Session } from "../support/session";

const BASE = "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::base";

async function run(scene: Scene, work: (session: Session) => Promise<void>): Promise<Session> {
  const session = new Session(scene);
  await work(session);
  await session.close();
  return session;
}

test("a differential export whose base export of the same stack is gone says so at each refresh", async () => {
  const scene = await Scene.open();
  const [base, difference] = [new Engine(), new Engine()];
  const [first, second] = scene.points;
  const full = scene.inputs({ exportDirectory: scene.at("exports", "full"), createUrn: BASE });
  await run(scene, (session) => base.up(session, full));
  const inputs = scene.inputs({ referencePoint: second, baseReferencePoint: first, exportDirectory: scene.at("exports", "difference") });
  await run(scene, (session) => difference.up(session, inputs));

  const whole = await run(scene, (session) => difference.refresh(session));
  expect(whole.warnings).toEqual([]);
  expect(difference.current).toMatchObject({ status: "intact", warnings: [], baseDirectory: full.exportDirectory });

  fs.rmSync(full.exportDirectory, { recursive: true });
  for (let refresh = 0; refresh < 2; refresh++) {
    const told = await run(scene, (session) => difference.refresh(session));
    expect(told.warnings.join()).toContain(`in ${full.exportDirectory}, is gone: this one cannot be restored without it`);
    expect(difference.current).toMatchObject({ status: "intact", warnings: [expect.stringContaining("is gone")] });
  }
  // With it, all is well again.
  await run(scene, (session) => base.refresh(session));
  await run(scene, (session) => base.up(session, full));
  const again = await run(scene, (session) => difference.refresh(session));
  expect([again.warnings, difference.current?.warnings]).toEqual([[], []]);
  scene.close();
});
