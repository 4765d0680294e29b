import { sameMachineByName } from "../../provider/domain/hosts/host-input";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { durationOf } from "../../provider/domain/reference-point-export/time-limit";
import { createExport } from "../../provider/lifecycle/operations/create";
import { deleteExport } from "../../provider/lifecycle/operations/delete";
import { diffExport } from "../../provider/lifecycle/operations/diff";
import { readExport } from "../../provider/lifecycle/operations/read";
import { refuseReplacement } from "../../provider/lifecycle/operations/refuse-replacement";
import { UnfinishedExport } from "../../provider/lifecycle/operations/unfinished-export";
import { updateExport } from "../../provider/lifecycle/operations/update";
import type { Session } from "./session";

/**
 * Keeps one resource's state as Pulumi's engine does: what a call returned is stored, a call that never returned leaves the state as
 * it was, a partial create is stored, and the old half of a replacement is deleted by a later run if this one does not come to it.
 */
export class Engine {
  current: ExportState | undefined;
  private pendingDeletes: ExportState[] = [];

  /** What another run begins with, that knows what this one knows. */
  copy(): Engine {
    const copy = new Engine();
    copy.current = this.current;
    copy.pendingDeletes = [...this.pendingDeletes];
    return copy;
  }

  async up(session: Session, inputs: ExportInputs): Promise<void> {
    const olds = this.current;
    if (olds === undefined) {
      await this.create(session, inputs);
    } else {
      const { changes, replaces, deleteBeforeReplace } = diffExport(
        olds,
        inputs,
        "posix",
        sameMachineByName(olds.host, inputs.host) !== "other",
      );
      if (replaces.length > 0 && deleteBeforeReplace) {
        const operation = session.operation(durationOf(olds.timeouts.delete), "timeouts.delete");
        await refuseReplacement(operation, operation, olds, inputs);
        await this.delete(session, olds);
        this.current = undefined;
        await this.create(session, inputs);
      } else if (replaces.length > 0) {
        await this.create(session, inputs, olds);
      } else if (changes) {
        const operation = session.operation(durationOf(inputs.timeouts.create), "timeouts.create");
        this.current = stored(await updateExport(operation, session.queue, olds, inputs).catch(unwrap));
      }
    }
    await this.finishDeletes(session);
  }

  async destroy(session: Session): Promise<void> {
    await this.finishDeletes(session);
    if (this.current === undefined) return;
    await this.delete(session, this.current);
    this.current = undefined;
  }

  async refresh(session: Session): Promise<void> {
    if (this.current === undefined) return;
    const limit = session.operation(durationOf(this.current.timeouts.create), "the limit of a refresh");
    const now = await readExport(limit, session.refreshSurvey, this.current);
    this.current = now && stored(now);
  }

  private async create(session: Session, inputs: ExportInputs, replaced?: ExportState): Promise<void> {
    const operation = session.operation(durationOf(inputs.timeouts.create), "timeouts.create");
    const keep = (state: ExportState) => {
      if (replaced) this.pendingDeletes.push(replaced);
      this.current = stored(state);
    };
    try {
      keep(await createExport(operation, session.queue, inputs, operation.surroundings.newExportId()));
    } catch (error) {
      if (!(error instanceof UnfinishedExport)) throw error;
      keep(error.state);
      throw error.reason;
    }
  }

  private async delete(session: Session, state: ExportState): Promise<void> {
    await deleteExport(session.operation(durationOf(state.timeouts.delete), "timeouts.delete"), state);
  }

  private async finishDeletes(session: Session): Promise<void> {
    for (let next = this.pendingDeletes[0]; next; next = this.pendingDeletes[0]) {
      await this.delete(session, next);
      this.pendingDeletes.shift();
    }
  }
}

/** An update that fails leaves the state as it was; the person hears the reason. */
function unwrap(error: unknown): never {
  throw error instanceof UnfinishedExport ? error.reason : error;
}

/** State is text between two runs. */
function stored(state: ExportState): ExportState {
  return JSON.parse(JSON.stringify(state)) as ExportState;
}
