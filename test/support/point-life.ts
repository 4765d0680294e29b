import type { PointState } from "../../provider/domain/reference-point/outputs";
import type { PointInputs } from "../../provider/domain/reference-point/properties";
import { openSession, Unfinished, type Voice } from "../../provider/lifecycle/door";
import { ReferencePoints } from "../../provider/lifecycle/points";
import { decorate, type Intervention } from "./decorated-host";
import type { Scene } from "./scene";

/** One provider process: a door of its own, and what it has warned of. */
export class PointProcess {
  readonly warnings: string[] = [];
  readonly voice: Voice = { progress: () => {}, warn: (text) => this.warnings.push(text), conclude: () => {}, concludeIfShown: () => {} };
  readonly door: ReferencePoints;
  private readonly inner: ReturnType<Scene["reach"]["connect"]>;

  constructor(scene: Scene, intervene: Intervention = (_, run) => run()) {
    this.inner = scene.reach.connect();
    const session = openSession(decorate(this.inner, intervene));
    this.door = new ReferencePoints({ session: () => session, pathStyleOf: () => "posix" });
  }

  recordsDirectory(): Promise<string> {
    return this.inner.recordsDirectory();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

/** What the engine keeps of one point, and what it does with it: a killed operation leaves all as it was. */
export class PointLife {
  current: PointState | undefined;
  private pendingDeletes: PointState[] = [];

  async up(process: PointProcess, inputs: PointInputs): Promise<void> {
    const { door, voice } = process;
    const olds = this.current;
    if (olds === undefined) {
      this.current = await this.created(process, inputs);
    } else {
      const { changes, replaces } = await door.diff(storedOf(olds), inputs, voice);
      if (replaces.length > 0) {
        const made = await this.created(process, inputs);
        this.pendingDeletes.push(olds);
        this.current = made;
      } else if (changes) this.current = await door.update(storedOf(olds), inputs, voice);
    }
    await this.finishDeletes(process);
  }

  async destroy(process: PointProcess): Promise<void> {
    await this.finishDeletes(process);
    if (this.current === undefined) return;
    await process.door.delete(storedOf(this.current), process.voice);
    this.current = undefined;
  }

  /** A state that a create leaves although it has failed is the engine's to keep. */
  private async created({ door, voice }: PointProcess, inputs: PointInputs): Promise<PointState> {
    try {
      return await door.create(inputs, voice);
    } catch (error) {
      if (error instanceof Unfinished) this.current = error.state as PointState;
      throw error instanceof Unfinished ? error.reason : error;
    }
  }

  private async finishDeletes({ door, voice }: PointProcess): Promise<void> {
    for (let next = this.pendingDeletes[0]; next; next = this.pendingDeletes[0]) {
      await door.delete(storedOf(next), voice);
      this.pendingDeletes.shift();
    }
  }
}

function storedOf(state: PointState) {
  return { id: state.recordId, properties: JSON.parse(JSON.stringify(state)) as Record<string, unknown> };
}
