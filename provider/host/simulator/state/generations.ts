import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { hostErrorFrom } from "../../local-files/file-errors";
import { HostError } from "../../port";
import { type LabState, labState } from "./lab-state";
import { StateBytes } from "./state-bytes";

const GENERATION = /^(\d{1,12})\.json$/;
const KEPT = 3;
const ANCESTORS = 100;
const TEMPORARY_AGE = 60_000;

export interface Generation {
  readonly number: number;
  readonly state: LabState;
}

/**
 * The lab's state as numbered files `state/<n>.json`. A generation is written beside and published with link(), which
 * fails when another process published that number first; nobody holds a lock, so nobody can leave one behind.
 */
export class Generations {
  private readonly folder: string;
  private readonly bytes = new StateBytes();
  private cached: { readonly key: string; readonly generation: Generation } | undefined;

  constructor(labDirectory: string) {
    this.folder = path.join(labDirectory, "state");
  }

  /** The newest generation, or undefined when there is none. Cheap while nothing changed: one readdir and one stat. */
  read(): Generation | undefined {
    // Two attempts are one too few when others publish and prune meanwhile; a person does not do that for ever.
    for (let attempt = 0; attempt < 50; attempt++) {
      const number = this.newest();
      if (number === undefined) return undefined;
      const file = path.join(this.folder, `${number}.json`);
      try {
        const found = fs.statSync(file, { bigint: true });
        const key = keyOf(number, found);
        if (this.cached?.key === key) return this.cached.generation;
        const generation = { number, state: parseState(fs.readFileSync(file, "utf8"), file) };
        this.cached = { key, generation };
        return generation;
      } catch (error) {
        if (isMissing(error)) continue;
        if (error instanceof HostError) throw error;
        throw hostErrorFrom(error, "read the simulator's state", file);
      }
    }
    throw new HostError("damagedState", `The simulator's state in ${this.folder} changes faster than it can be read.`, {
      path: this.folder,
    });
  }

  /** Publishes `state` as the generation after `base`. False when another process was faster: read again and retry. */
  async publish(base: Generation | undefined, state: LabState): Promise<boolean> {
    const number = (base?.number ?? 0) + 1;
    const id = randomBytes(8).toString("hex");
    const ancestors = base ? [...base.state.ancestors.slice(-ANCESTORS), base.state.id] : [];
    const full: LabState = { ...state, id, ancestors };
    const file = path.join(this.folder, `${number}.json`);
    const temporary = path.join(this.folder, `${number}.${id}.tmp`);
    try {
      fs.mkdirSync(this.folder, { recursive: true });
      const handle = await fs.promises.open(temporary, "wx");
      try {
        // Not flushed: a lab outlives killed processes, and is not made to outlive a power cut.
        await handle.writeFile(this.bytes.of(full));
      } finally {
        await handle.close();
      }
      try {
        fs.linkSync(temporary, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        // Taken for old and pruned by another process, as when the time of day was set meanwhile.
        if (isMissing(error) && fs.existsSync(this.folder)) return false;
        throw error;
      } finally {
        fs.rmSync(temporary, { force: true });
      }
    } catch (error) {
      throw hostErrorFrom(error, "write the simulator's state", file);
    }
    if (this.newest() === number) this.keep(number, file, full);
    else if (!this.descends(number, id)) {
      fs.rmSync(file, { force: true });
      return false;
    }
    this.prune(number);
    return true;
  }

  /**
   * A process that slept between reading and linking may publish a number that was used and pruned long ago. Its generation is then
   * no ancestor of the newest one.
   */
  private descends(number: number, id: string): boolean {
    const newest = this.read();
    return newest !== undefined && (newest.state.id === id || (newest.number > number && newest.state.ancestors.includes(id)));
  }

  /** What this process has just published need not be read back. */
  private keep(number: number, file: string, state: LabState): void {
    const found = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
    if (found) this.cached = { key: keyOf(number, found), generation: { number, state } };
  }

  private newest(): number | undefined {
    let best: number | undefined;
    for (const name of this.names()) {
      const match = GENERATION.exec(name);
      if (match && (best === undefined || Number(match[1]) > best)) best = Number(match[1]);
    }
    return best;
  }

  private names(): string[] {
    try {
      return fs.readdirSync(this.folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw hostErrorFrom(error, "list the simulator's state", this.folder);
    }
  }

  private prune(number: number): void {
    for (const name of this.names()) {
      const file = path.join(this.folder, name);
      const match = GENERATION.exec(name);
      const old = match !== null && Number(match[1]) <= number - KEPT;
      if (old || (name.endsWith(".tmp") && isOlderThan(file, TEMPORARY_AGE))) fs.rmSync(file, { force: true });
    }
  }
}

function keyOf(number: number, { ino, mtimeNs, size }: fs.BigIntStats): string {
  return `${number}:${ino}:${mtimeNs}:${size}`;
}

function parseState(text: string, file: string): LabState {
  let why: string;
  try {
    const parsed = labState.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    why = issue ? `${issue.path.join(".") || "the file"}: ${issue.message}` : "it does not have the expected form";
  } catch (error) {
    why = (error as Error).message;
  }
  throw new HostError("damagedState", `The simulator's state file ${file} is damaged (${why}).`, {
    path: file,
    remedy: "Delete that file to go back to the generation before it. Where none is left, begin a new lab in another folder.",
  });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function isOlderThan(file: string, age: number): boolean {
  try {
    return Date.now() - fs.statSync(file).mtimeMs > age;
  } catch {
    return false;
  }
}
