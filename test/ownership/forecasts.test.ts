import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { CLAIM_FILE } from "../../provider/domain/records/record-names";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { type Forecast, forecastExport } from "../../provider/lifecycle/forecast/forecast";
import { Engine } from "../support/engine";
import { bytesBelow } from "../support/files-below";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { up } from "../support/steps";

const OTHER = "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::other";

async function forecast(scene: Scene, changes: Partial<ExportInputs>): Promise<Forecast> {
  const session = new Session(scene);
  const { surroundings } = session.operation(20_000, "timeouts.create");
  try {
    return await forecastExport(surroundings, scene.inputs(changes), { firstAnswer: 20_000, whole: 20_000 });
  } finally {
    await session.close();
  }
}

test("a directory that a link leads into another export is refused as the create refuses it, and nothing is changed", async () => {
  const scene = await Scene.open();
  await up(scene, new Engine());
  const outer = scene.inputs().exportDirectory;
  const folder = fs.readdirSync(outer, { withFileTypes: true }).find((entry) => entry.isDirectory())?.name ?? "";
  const way = path.join(scene.directory, "way");
  fs.symlinkSync(outer, way);
  const changes = { createUrn: OTHER, exportDirectory: path.join(way, folder, "deeper", "new") };
  const before = bytesBelow(scene.volume);
  // The create has made its claim by then, and takes it away again: that is no export that it takes over.
  expect(await forecast(scene, changes)).toMatchObject({ kind: "refused", error: { code: "directory-inside-another-export" } });
  expect(bytesBelow(scene.volume)).toEqual(before);
  expect((await up(scene, new Engine(), changes)).code).toBe("directory-inside-another-export");
});

test("what a killed write left in a directory is no export to take over", async () => {
  const scene = await Scene.open();
  fs.mkdirSync(scene.inputs().exportDirectory, { recursive: true });
  fs.writeFileSync(path.join(scene.inputs().exportDirectory, `${CLAIM_FILE}.0123456789ab.tmp`), "{");
  for (const onExisting of ["fail", "adopt"] as const)
    expect(await forecast(scene, { onExisting })).toMatchObject({ kind: "exports", disks: 2 });
});
