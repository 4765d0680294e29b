import * as fs from "node:fs";
import * as path from "node:path";
import { isExportError } from "../../provider/domain/errors/export-error";
import { isRecord } from "../../provider/domain/records/record-names";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { Engine } from "../support/engine";
import { filesBelow } from "../support/files-below";
import type { Expected } from "../support/invariants";
import type { RemoteScene } from "../support/remote-scene";
import type { Session } from "../support/session";

/** An operation of one export, from what there was before to what must be there after it. */
export interface RemoteStory {
  readonly name: string;
  /** Exports that the run makes: how often ExportReferencePoint is to be called. */
  readonly exports: number;
  readonly before: (engine: Engine, session: Session, inputs: ExportInputs) => Promise<void>;
  readonly run: (engine: Engine, session: Session, inputs: ExportInputs) => Promise<void>;
  readonly leaves: boolean;
}

const up = (engine: Engine, session: Session, inputs: ExportInputs) => engine.up(session, inputs);

export const remoteStories = {
  create: { name: "a create", exports: 1, before: async () => {}, run: up, leaves: true },
  repair: {
    name: "a repair",
    exports: 1,
    before: async (engine, session, inputs) => {
      await up(engine, session, inputs);
      const [file = ""] = filesBelow(inputs.exportDirectory).filter((one) => !isRecord(one));
      fs.rmSync(path.join(inputs.exportDirectory, file));
      await engine.refresh(session);
    },
    run: up,
    leaves: true,
  },
  delete: { name: "a delete", exports: 0, before: up, run: (engine, session) => engine.destroy(session), leaves: false },
} as const satisfies Record<string, RemoteStory>;

/** One telling of a story: its export, and what has become of it. */
export class Telling {
  readonly engine = new Engine();
  readonly inputs: ExportInputs;

  constructor(
    private readonly story: RemoteStory,
    private readonly stage: RemoteScene,
  ) {
    this.inputs = stage.newInputs();
  }

  before(session: Session): Promise<void> {
    return this.story.before(this.engine, session, this.inputs);
  }

  /** The code of the error with which a run ended; undefined where it came to its end. */
  async run(session: Session): Promise<string | undefined> {
    try {
      await this.story.run(this.engine, session, this.inputs);
      return undefined;
    } catch (error) {
      if (isExportError(error)) return error.code;
      throw error;
    }
  }

  /** What must be there after it. */
  expected(): Expected[] {
    return this.story.leaves ? [{ directory: this.inputs.exportDirectory, point: this.stage.scene.points[0] }] : [];
  }

  /** How often ExportReferencePoint was called for this export, wherever it was to be written. */
  async calls(): Promise<number> {
    const { exportDirectory } = this.inputs;
    const calls = await this.stage.scene.lab.calls();
    return calls.filter((call) => call.method === "ExportReferencePoint" && isIn(call.exportDirectory, exportDirectory)).length;
  }
}

function isIn(place: string | undefined, directory: string): boolean {
  return place === directory || place?.startsWith(`${directory}${path.sep}`) === true;
}
