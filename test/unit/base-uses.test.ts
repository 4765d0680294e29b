import { afterAll, expect, it } from "vitest";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { forgetBaseUse, noteBaseUse } from "../../provider/lifecycle/reference-point/base-uses";
import { Scene } from "../support/scene";
import { Session } from "../support/session";

const scene = await Scene.open();
afterAll(() => scene.close());

const state = { baseReferencePointId: scene.points[0], exportDirectory: "/e", exportId: "id" } as unknown as ExportState;

it.each([
  ["made", noteBaseUse],
  ["deleted", forgetBaseUse],
])("an export that is %s does not wait for a host that never answers about its note", async (_, note) => {
  const asked: string[] = [];
  const session = new Session(scene, (call, run) => {
    asked.push(call.method);
    return call.method === "readDirectories" ? new Promise(() => {}) : run();
  });
  await note(session.operation(300, "timeouts.create"), state);
  expect(asked).toEqual(["recordsDirectory", "readDirectories"]);
  await session.close();
});
