import * as fs from "node:fs";
import * as path from "node:path";
import { type Claim, parseClaim } from "../../provider/domain/records/claim";
import { type Manifest, parseManifest } from "../../provider/domain/records/manifest";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { sha256Of } from "../../provider/domain/values/sha256";
import { localPaths } from "../../provider/host/local-files/local-paths";

export interface Records {
  readonly claim: Claim;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

export function recordsIn(directory: string): Records {
  const text = fs.readFileSync(path.join(directory, MANIFEST_FILE), "utf8");
  const [claim, manifest] = [
    parseClaim(fs.readFileSync(path.join(directory, CLAIM_FILE), "utf8"), localPaths),
    parseManifest(text, localPaths),
  ];
  if (!claim.ok || !manifest.ok) throw new Error(`${directory} has a record that cannot be read`);
  return { claim: claim.value, manifest: manifest.value, manifestSha256: sha256Of(text) };
}

/** As somebody does by hand. */
export function editManifest(directory: string, change: (manifest: Manifest) => object): void {
  const file = path.join(directory, MANIFEST_FILE);
  fs.writeFileSync(file, JSON.stringify(change(JSON.parse(fs.readFileSync(file, "utf8")) as Manifest)));
}
