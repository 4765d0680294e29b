import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { CLAIM_FILE, MANIFEST_FILE } from "../../../provider/domain/records/record-names";
import type { ProblemCode } from "../../../provider/domain/reference-point-export/problem";
import type { World } from "./world";

export const fileDamages = ["missing", "resized", "altered", "replaced"] as const;
export const recordDamages = [
  "manifestDeleted",
  "manifestGarbled",
  "manifestAltered",
  "manifestOfAnother",
  "claimDeleted",
  "claimGarbled",
] as const;
export type FileDamage = (typeof fileDamages)[number];
export type RecordDamage = (typeof recordDamages)[number];

/** What a refresh must say of it. */
export const problemOf: Readonly<{ [kind in FileDamage | RecordDamage]: ProblemCode }> = {
  missing: "file-missing",
  resized: "file-resized",
  altered: "file-altered",
  replaced: "file-replaced",
  manifestDeleted: "manifest-missing",
  manifestGarbled: "manifest-unreadable",
  manifestAltered: "manifest-altered",
  manifestOfAnother: "manifest-of-another-export",
  claimDeleted: "claim-missing",
  claimGarbled: "claim-unreadable",
};

/** `file`: which of the export's files, counted round. */
export type Damage = { readonly kind: FileDamage; readonly file: number } | { readonly kind: RecordDamage };

export const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom(...fileDamages), file: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom(...recordDamages) }) },
);

/** Of what is half done, too: the others can pass for what the job wrote. */
export function canMeddle({ kind }: Damage): boolean {
  return kind === "missing" || kind.endsWith("Deleted") || kind.endsWith("Garbled");
}

/** Does it. The record or file is there and has not been damaged before. */
export function inflict(world: World, directory: string, kind: FileDamage | RecordDamage, file: string): void {
  const at = (name: string) => path.join(directory, name);
  switch (kind) {
    case "missing":
      fs.rmSync(at(file));
      return;
    case "resized":
      fs.appendFileSync(at(file), "x");
      return;
    case "altered":
      alterByte(at(file));
      return;
    case "replaced":
      fs.rmSync(at(file));
      fs.mkdirSync(at(file));
      world.foreignFolders.add(at(file));
      return;
    case "manifestDeleted":
      fs.rmSync(at(MANIFEST_FILE));
      return;
    case "manifestGarbled":
      fs.writeFileSync(at(MANIFEST_FILE), '{ "format": ');
      return;
    case "manifestAltered":
      edit(at(MANIFEST_FILE), (manifest) => ({ ...manifest, warnings: ["edited by hand"] }));
      return;
    case "manifestOfAnother":
      edit(at(MANIFEST_FILE), (manifest) => ({ ...manifest, exportId: "00000000-0000-4000-8000-000000000000" }));
      return;
    case "claimDeleted":
      fs.rmSync(at(CLAIM_FILE));
      return;
    case "claimGarbled":
      fs.writeFileSync(at(CLAIM_FILE), "not what it was");
      return;
  }
}

function alterByte(file: string): void {
  const content = fs.readFileSync(file);
  const middle = Math.floor(content.length / 2);
  content[middle] = (content[middle] ?? 0) ^ 0xff;
  fs.writeFileSync(file, content);
}

function edit(file: string, change: (value: object) => object): void {
  fs.writeFileSync(file, JSON.stringify(change(JSON.parse(fs.readFileSync(file, "utf8")) as object), undefined, 2));
}
