import * as fs from "node:fs";
import * as path from "node:path";
import { type Claim, parseClaim } from "../../../provider/domain/records/claim";
import { type Manifest, parseManifest } from "../../../provider/domain/records/manifest";
import { CLAIM_FILE, isRecord, MANIFEST_FILE } from "../../../provider/domain/records/record-names";
import { sha256Of } from "../../../provider/domain/values/sha256";
import { localPaths } from "../../../provider/host/local-files/local-paths";
import { Simulator } from "../../../provider/host/simulator/index";
import { removeTree, walk } from "../../support/files-below";
import { type Layout, layouts } from "../../support/layouts";
import type { LabTemplate } from "./lab-template";

export type Record<T> = { readonly kind: "absent" } | { readonly kind: "unreadable" } | { readonly kind: "read"; readonly value: T };

let worlds = 0;

/** A host with its volume, for one sequence alone, and what a person has put there. */
export class World {
  /** Files that are not the provider's, with their text: they must stay as they are. */
  readonly foreign = new Map<string, string>();
  /** Folders that a person made, for themselves or to stand in a file's way. */
  readonly foreignFolders = new Set<string>();
  private readonly givenUp = new Set<string>();

  private constructor(
    readonly directory: string,
    readonly template: LabTemplate,
    readonly layout: Layout,
    readonly lab: Simulator,
  ) {}

  static async open(template: LabTemplate, layout: Layout): Promise<World> {
    const directory = path.join(template.root, `world-${process.pid}-${++worlds}`);
    fs.cpSync(template.lab, path.join(directory, "lab"), { recursive: true });
    fs.mkdirSync(path.join(directory, "volume"));
    const lab = await Simulator.open(path.join(directory, "lab"));
    await lab.configure(layouts[layout]);
    return new World(directory, template, layout, lab);
  }

  get volume(): string {
    return path.join(this.directory, "volume");
  }

  at(...names: string[]): string {
    return path.join(this.volume, ...names);
  }

  putForeign(file: string): void {
    if (this.foreign.has(file) || fs.existsSync(file)) return;
    const text = `somebody's own: ${file}\n`;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    this.foreign.set(file, text);
  }

  /** From now on a person's, until an export adopts it: what the provider has given up. */
  giveUp(file: string): void {
    if (fs.statSync(file).isDirectory()) this.foreignFolders.add(file);
    else this.foreign.set(file, fs.readFileSync(file, "latin1"));
    this.givenUp.add(file);
  }

  /** An export has come to own these. What of it was never given up. */
  takeOver(files: Iterable<string>): string[] {
    const stolen: string[] = [];
    for (const file of files) {
      if (!this.foreign.has(file)) continue;
      if (!this.givenUp.delete(file)) stolen.push(file);
      this.foreign.delete(file);
    }
    return stolen;
  }

  /** An export is adopting what lies there: with its claim written, what was given up is its own, finished or not. */
  adopted(directory: string): void {
    for (const file of [...this.givenUp].filter((one) => one.startsWith(directory + path.sep))) this.takeOver([file]);
  }

  /** A person removes a folder with everything in it. */
  removeByHand(folder: string): void {
    removeTree(folder);
    for (const set of [this.foreign, this.foreignFolders]) {
      for (const file of set.keys()) if (file === folder || file.startsWith(folder + path.sep)) set.delete(file);
    }
  }

  claimIn(directory: string): Record<Claim> {
    return record(path.join(directory, CLAIM_FILE), (text) => parseClaim(text, localPaths));
  }

  /**
   * Whether a job of which nobody has seen the end may have written into the directory itself. What comes there now, and has an extension
   * of Hyper-V's, passes for its.
   */
  mayBeWrittenTo(directory: string): boolean {
    const claim = this.claimIn(directory);
    const attempt = claim.kind === "read" ? claim.value.attempt : undefined;
    return attempt?.subdirectory === "" && attempt.state !== "prepared" && attempt.files === undefined;
  }

  manifestIn(directory: string): Record<Manifest> {
    return record(path.join(directory, MANIFEST_FILE), (text) => parseManifest(text, localPaths));
  }

  manifestSha256(directory: string): string | undefined {
    const file = path.join(directory, MANIFEST_FILE);
    return fs.existsSync(file) ? sha256Of(fs.readFileSync(file, "utf8")) : undefined;
  }

  /** What an export has written there, finished or not; never what a person put there. */
  exportedFilesIn(directory: string): string[] {
    const files = this.everything().filter(
      ({ file, folder }) => !folder && file.startsWith(directory + path.sep) && !this.foreign.has(file),
    );
    return files
      .map(({ file }) => path.relative(directory, file))
      .filter((file) => !isRecord(file))
      .sort();
  }

  /** Everything below the volume, absolute. */
  everything(): { file: string; folder: boolean }[] {
    return walk(this.volume);
  }

  close(): void {
    removeTree(this.directory);
  }
}

function record<T>(file: string, parse: (text: string) => { readonly ok: true; readonly value: T } | { readonly ok: false }): Record<T> {
  if (!fs.existsSync(file)) return { kind: "absent" };
  const parsed = parse(fs.readFileSync(file, "utf8"));
  return parsed.ok ? { kind: "read", value: parsed.value } : { kind: "unreadable" };
}
