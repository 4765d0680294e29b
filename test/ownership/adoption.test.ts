import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { Engine } from "../support/engine";
import { engineWith, finished } from "../support/engine-state";
import { alter, diskFile } from "../support/exported-files";
import { bytesBelow } from "../support/files-below";
import { violations } from "../support/invariants";
import { editManifest, recordsIn } from "../support/records";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { destroy, refresh, up } from "../support/steps";

const OTHER = "urn:pulumi:prod::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::other";

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const whole = (scene: Scene) => violations(scene, [{ directory: directoryOf(scene), point: scene.points[0] }]);

/** A finished export without a resource, in the directory: given up by another one, or copied from its directory. */
const waiting = {
  "an export that was kept": async (scene: Scene) => {
    const first = new Engine();
    await up(scene, first, { createUrn: OTHER, onDestroy: "keep" });
    const old = finished(first);
    await destroy(scene, first);
    expect(fs.existsSync(path.join(directoryOf(scene), CLAIM_FILE))).toBe(false);
    return old;
  },
  "a copy of another resource's export": async (scene: Scene) => {
    const first = new Engine();
    await up(scene, first, { createUrn: OTHER, exportDirectory: scene.at("original") });
    fs.cpSync(scene.at("original"), directoryOf(scene), { recursive: true });
    fs.rmSync(scene.at("original"), { recursive: true });
    return finished(first);
  },
} as const;

describe("an adopted export", () => {
  async function adopted(): Promise<{ scene: Scene; old: ExportState; engine: Engine }> {
    const scene = await Scene.open();
    const old = await waiting["an export that was kept"](scene);
    const engine = new Engine();
    await up(scene, engine, { onExisting: "adopt" });
    return { scene, old, engine };
  }

  test("has an id of its own, on which state, claim and manifest agree", async () => {
    const { scene, old, engine } = await adopted();
    const { exportId, manifestSha256 } = finished(engine);
    const records = recordsIn(directoryOf(scene));
    expect(exportId).not.toBe(old.exportId);
    expect([records.claim.exportId, records.manifest.exportId]).toEqual([exportId, exportId]);
    expect([records.claim.finished?.manifestSha256, manifestSha256]).toEqual([records.manifestSha256, records.manifestSha256]);
    expect(await scene.calls()).toBe(1);
    expect(await whole(scene)).toEqual([]);
  });

  test("is none of its old owner's business any more", async () => {
    const { scene, old, engine } = await adopted();
    const before = bytesBelow(scene.volume);
    const former = engineWith({ ...old, onDestroy: "delete" });
    await refresh(scene, former);
    expect(former.current?.status).toBe("damaged");
    expect(former.current?.problems.join("\n")).toContain("claim-of-another-export");
    expect((await up(scene, former, { createUrn: OTHER })).code).toBe("directory-owned-by-another");
    for (const onDestroy of ["delete", "keep"] as const) {
      const { code, warnings } = await destroy(scene, engineWith({ ...old, onDestroy }));
      expect(code).toBeUndefined();
      expect(warnings).toContain("claimed by another export");
    }
    expect(bytesBelow(scene.volume)).toEqual(before);
    await refresh(scene, engine);
    finished(engine);
  });
});

describe.each(Object.entries(waiting))("%s", (_, prepare) => {
  const damages: Readonly<Record<string, (scene: Scene) => void>> = {
    "one of whose files has another content of the same size": (scene) => alter(diskFile(scene)),
    "one of whose files is cut short": (scene) => fs.truncateSync(diskFile(scene), 100),
    "one of whose files is gone": (scene) => fs.rmSync(diskFile(scene)),
    "one of whose files is a folder now": (scene) => {
      const file = diskFile(scene);
      fs.rmSync(file);
      fs.mkdirSync(file);
    },
    "whose manifest is gone": (scene) => fs.rmSync(path.join(directoryOf(scene), MANIFEST_FILE)),
    "whose manifest cannot be read": (scene) => fs.writeFileSync(path.join(directoryOf(scene), MANIFEST_FILE), "{"),
    "whose manifest names no disk": (scene) => editManifest(directoryOf(scene), (manifest) => ({ ...manifest, disks: [] })),
  };
  const others: Readonly<Record<string, (scene: Scene) => Partial<ExportInputs>>> = {
    "of another point": (scene) => ({ referencePoint: scene.points[1] }),
    "of another kind": (scene) => ({ referencePoint: scene.points[1], baseReferencePoint: scene.points[0] }),
    "of other disks": () => ({ disksToExport: ["data.vhdx"] }),
    "of another machine": () => ({ virtualMachine: "WEB01" }),
  };
  const refused = [
    ...Object.entries(damages).map(([what, damage]) => ({ what, damage, changes: () => ({}) })),
    ...Object.entries(others).map(([what, changes]) => ({ what, damage: () => {}, changes })),
  ];

  for (const { what, damage, changes } of refused) {
    test(`${what} is not adopted, and nothing of it is touched`, async () => {
      const scene = await Scene.open();
      await prepare(scene);
      damage(scene);
      const before = bytesBelow(scene.volume);
      for (let time = 1; time <= 2; time++) {
        const engine = new Engine();
        expect((await up(scene, engine, { onExisting: "adopt", ...changes(scene) })).code).toBe("adoption-refused");
        expect(engine.current).toBeUndefined();
        expect(bytesBelow(scene.volume)).toEqual(before);
      }
      expect(await scene.calls()).toBe(1);
    });
  }

  test("is not adopted unasked", async () => {
    const scene = await Scene.open();
    await prepare(scene);
    const before = bytesBelow(scene.volume);
    expect((await up(scene, new Engine())).code).toBe("directory-not-empty");
    expect(bytesBelow(scene.volume)).toEqual(before);
  });
});

test("a repair leaves what the manifest says of the line of an adopted export; a lost manifest is written without it", async () => {
  const scene = await Scene.open();
  const [referencePoint, baseReferencePoint] = [scene.points[1], scene.points[0]];
  const change = { referencePoint, baseReferencePoint };
  await up(scene, new Engine(), { ...change, createUrn: OTHER });
  fs.rmSync(path.join(directoryOf(scene), CLAIM_FILE));
  const place = { position: 2, parent: { directory: "night-1", referencePointId: baseReferencePoint, manifestSha256: "0".repeat(64) } };
  editManifest(directoryOf(scene), ({ restore, ...rest }) => ({ ...rest, restore: { ...place, ...restore } }));
  const engine = new Engine();
  await up(scene, engine, { ...change, onExisting: "adopt" });
  const { restore: adopted, files } = recordsIn(directoryOf(scene)).manifest;
  expect(adopted).toMatchObject({ ...place, configuration: expect.any(String) });

  fs.rmSync(path.join(directoryOf(scene), files.find(({ role }) => role === "guestState")?.path ?? ""));
  await refresh(scene, engine);
  await up(scene, engine, change);
  expect(await scene.calls()).toBe(2);
  expect(finished(engine).problems).toEqual([]);
  const { restore: repaired } = recordsIn(directoryOf(scene)).manifest;
  expect(repaired).toMatchObject(place);
  expect(Object.keys(repaired ?? {})).toEqual(Object.keys(adopted ?? {}));

  fs.rmSync(path.join(directoryOf(scene), MANIFEST_FILE));
  await refresh(scene, engine);
  await up(scene, engine, change);
  expect(await scene.calls()).toBe(2);
  const { position: _, parent: _parent, ...rest } = repaired ?? {};
  expect(recordsIn(directoryOf(scene)).manifest.restore).toEqual(rest);
});

test("two that adopt one export at once: one has it, the other is refused", async () => {
  const scene = await Scene.open();
  await waiting["an export that was kept"](scene);
  const winner = new Engine();
  const loser = new Engine();
  const late = new Session(scene, async (call, run) => {
    if (call.key === "createTextFiles#1") await up(scene, winner, { onExisting: "adopt", createUrn: `${OTHER}-too` });
    return run();
  });
  await expect(loser.up(late, scene.inputs({ onExisting: "adopt" }))).rejects.toMatchObject({ code: "adoption-refused" });
  await late.close();
  expect(loser.current).toBeUndefined();
  await refresh(scene, winner);
  finished(winner);
  expect(recordsIn(directoryOf(scene)).claim.owner.urn).toBe(`${OTHER}-too`);
  expect(await scene.calls()).toBe(1);
  expect(await whole(scene)).toEqual([]);
});
