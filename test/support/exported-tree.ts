import * as fs from "node:fs";
import * as path from "node:path";
import { CHAIN_FILE, CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { ChainEngine } from "./chain-engine";
import { night } from "./chain-run";
import { ChainScene } from "./chain-scene";
import { Engine } from "./engine";
import { alter } from "./exported-files";
import { filesBelow, removeTree } from "./files-below";
import { Session } from "./session";

/** The generations of the chain, in their order: the second and third continue the first. */
export const nights = ["night-1", "night-2", "night-3", "night-4"] as const;

/** A volume with a chain of four nights, a single export in full and a difference to it; and copies of it that may be damaged. */
export class ExportedTree {
  private copies = 0;

  private constructor(readonly place: ChainScene) {}

  static async make(via: "referencePoint" | "checkpoint" = "referencePoint"): Promise<ExportedTree> {
    const place = await ChainScene.open({}, via);
    const engine = new ChainEngine();
    for (const label of nights) await night(place, engine, label);
    const tree = new ExportedTree(place);
    const [first, second] = place.scene.points;
    await tree.exportSingle("full", { referencePoint: first });
    await tree.exportSingle("difference", { referencePoint: second, baseReferencePoint: first });
    return tree;
  }

  private async exportSingle(name: string, points: { referencePoint: string; baseReferencePoint?: string }): Promise<void> {
    const { scene } = this.place;
    const session = new Session(scene);
    const createUrn = `urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::${name}`;
    await new Engine().up(session, scene.inputs({ ...points, createUrn, exportDirectory: scene.at("exports", name) }));
    await session.close();
  }

  /** The volume itself. */
  get original(): TreeCopy {
    return new TreeCopy(this.place.scene.volume);
  }

  /** A copy at another path, as on a disk that was carried away. */
  copy(): TreeCopy {
    const directory = path.join(this.place.scene.directory, `copy-${++this.copies}`);
    fs.cpSync(this.place.scene.volume, directory, { recursive: true });
    return new TreeCopy(directory);
  }

  close(): void {
    this.place.close();
  }
}

export class TreeCopy {
  constructor(readonly directory: string) {}

  get chain(): string {
    return path.join(this.directory, "chains", "sql01");
  }

  get chainRecord(): string {
    return path.join(this.chain, CHAIN_FILE);
  }

  generation(label: string): ExportCopy {
    return new ExportCopy(path.join(this.chain, label));
  }

  single(name: "full" | "difference"): ExportCopy {
    return new ExportCopy(path.join(this.directory, "exports", name));
  }

  remove(): void {
    removeTree(this.directory);
  }
}

/** One directory of an export, and what may happen to it. */
export class ExportCopy {
  constructor(readonly directory: string) {}

  get claim(): string {
    return path.join(this.directory, CLAIM_FILE);
  }

  get manifest(): string {
    return path.join(this.directory, MANIFEST_FILE);
  }

  /** The largest file of a disk. */
  get disk(): string {
    const files = filesBelow(this.directory)
      .filter((file) => /\.a?vhdx$/.test(file))
      .map((file) => path.join(this.directory, file));
    const [largest] = files.sort((one, other) => fs.statSync(other).size - fs.statSync(one).size);
    if (largest === undefined || fs.statSync(largest).size === 0) throw new Error(`${this.directory} holds no file of a disk`);
    return largest;
  }

  flipByte(): void {
    alter(this.disk);
  }

  truncate(): void {
    fs.truncateSync(this.disk, fs.statSync(this.disk).size - 1);
  }

  removeDisk(): void {
    fs.rmSync(this.disk);
  }

  /** A link that leads to the very bytes, elsewhere. */
  linkDiskAway(to: string): void {
    const { disk } = this;
    fs.renameSync(disk, to);
    fs.symlinkSync(to, disk);
  }

  changeClaim(change: (claim: Record<string, unknown>) => void): void {
    changeJson(this.claim, change);
  }

  changeManifest(change: (manifest: Record<string, unknown>) => void): void {
    changeJson(this.manifest, change);
  }

  removeAll(): void {
    removeTree(this.directory);
  }
}

export function changeJson(file: string, change: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
  change(value);
  fs.writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
