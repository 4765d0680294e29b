import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { type Manifest, manifestDigest } from "../../provider/domain/records/manifest";
import { recordText } from "../../provider/domain/records/record-file";
import { CHAIN_FILE, CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { sha256Of } from "../../provider/domain/values/sha256";
import { ChainEngine } from "../support/chain-engine";
import { night } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { recordsIn } from "../support/records";

interface Saved {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

/** The exports that a restore applies, as a person finds them who has nothing but the manifests. */
function lineOf(last: Saved, all: readonly Saved[]): Saved[] {
  const parent = last.manifest.restore?.parent;
  if (parent === undefined) return [last];
  const [before, ...others] = all.filter(({ manifest }) => manifest.referencePointId === parent.referencePointId);
  if (before === undefined || others.length > 0) throw new Error(`nothing tells what ${last.directory} continues`);
  expect(parent).toMatchObject({ directory: path.basename(before.directory), manifestSha256: before.manifestSha256 });
  return [...lineOf(before, all), last];
}

test.each(["referencePoint", "checkpoint"] as const)("manifests alone tell every line of a chain via a %s, in its order", async (via) => {
  const place = await ChainScene.open({}, via);
  const engine = new ChainEngine();
  const keep = { last: 5, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
  for (let number = 1; number <= 5; number++) await night(place, engine, `n${number}`, { keep });
  const generations = place.record()?.generations ?? [];
  const all = generations.map(({ label }): Saved => {
    const directory = path.join(place.directory, label);
    return { directory, ...recordsIn(directory) };
  });
  const lines = all.map((saved) => lineOf(saved, all));
  const labels = lines.map((line) => line.map(({ directory }) => path.basename(directory)));
  expect(labels).toEqual([["n1"], ["n1", "n2"], ["n1", "n2", "n3"], ["n4"], ["n4", "n5"]]);
  for (const [index, generation] of generations.entries()) {
    const line = lines[index] ?? [];
    const exports = line.map(({ directory }) => directory);
    expect(line.map(({ manifest }) => manifest.restore?.position)).toEqual(line.map((_, before) => before + 1));
    expect(await place.differences(exports, generation)).toEqual([]);
    const { manifest, manifestSha256 } = recordsIn(path.join(place.directory, generation.label));
    // A provider that reads it, and writes it anew, comes to the same text.
    expect(manifestDigest(manifest)).toBe(manifestSha256);
    const { restore, files } = manifest;
    for (const role of ["configuration", "runtimeState", "guestState"] as const)
      expect(files.find(({ path: file }) => file === restore?.[role])?.role).toBe(role);
  }
  place.close();
});

test("a chain whose manifests say nothing of a restore is continued", async () => {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  const directory = path.join(place.directory, "n1");
  const { manifest, manifestSha256 } = recordsIn(directory);
  const { restore: _, ...older } = manifest;
  const text = recordText(older);
  fs.writeFileSync(path.join(directory, MANIFEST_FILE), text);
  // Record and claim vouch for that text.
  for (const file of [path.join(directory, CLAIM_FILE), path.join(place.directory, CHAIN_FILE)])
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replaceAll(manifestSha256, sha256Of(text)));

  await night(place, engine, "n2");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  expect(engine.current).toMatchObject({ status: "intact", problems: [] });
  expect(place.record()?.generations.map(({ kind }) => kind)).toEqual(["full", "differential"]);
  const { restore } = recordsIn(path.join(place.directory, "n2")).manifest;
  expect(restore).toMatchObject({ position: 2, parent: { directory: "n1", manifestSha256: sha256Of(text) } });
  place.close();
});
