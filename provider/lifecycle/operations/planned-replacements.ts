import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { BatchedHost } from "../session/batched-host";
import { isOutOfSight } from "../session/host-failure";
import { Operation, type Surroundings } from "../session/operation";
import { refuseReplacement } from "./refuse-replacement";

/** What a plan waits for. */
const LIMITS = { firstAnswer: 20_000, whole: 60_000 };
const LIMIT_NAME = "the limit of a preview";

/**
 * Replacements in place, looked at when they are planned. A host that does not answer holds no plan up: what could not be seen then, the
 * delete looks at before it removes the old export. The engine plans and deletes in one process.
 */
export class PlannedReplacements {
  /** What is to come into the place of an old export, by the id of that. */
  private readonly unseen = new Map<string, ExportInputs>();
  /** Hosts that have not answered: the next plan does not wait for them again. */
  private readonly silent = new WeakSet<BatchedHost>();

  constructor(private readonly limits = LIMITS) {}

  /** The plan replaces no export of this id, or is made anew. */
  forget(id: string): void {
    this.unseen.delete(id);
  }

  /**
   * Refuses a replacement that is known to be refused.
   *
   * @param deleting of the host of the old export
   * @param creating of the host of the new one
   */
  async plan(id: string, deleting: Surroundings, creating: Surroundings, olds: ExportState, news: ExportInputs): Promise<void> {
    this.unseen.delete(id);
    if (!(await this.isSeen(deleting, creating, olds, news))) this.unseen.set(id, news);
  }

  /**
   * Refuses the delete of an old export that nobody could look at when its replacement was planned.
   *
   * @param creating on the host of the new one
   */
  async beforeDelete(id: string, deleting: Operation, creating: (news: ExportInputs) => Operation, olds: ExportState): Promise<void> {
    const news = this.unseen.get(id);
    if (news === undefined) return;
    await refuseReplacement(deleting, creating(news), olds, news);
    this.unseen.delete(id);
  }

  private async isSeen(deleting: Surroundings, creating: Surroundings, olds: ExportState, news: ExportInputs): Promise<boolean> {
    const old = await this.ifItAnswers(deleting);
    const next = old && (await this.ifItAnswers(creating));
    if (!old || !next) return false;
    try {
      await refuseReplacement(old, next, olds, news);
      return true;
    } catch (error) {
      if (isOutOfSight(error)) return false;
      throw error;
    }
  }

  private async ifItAnswers(surroundings: Surroundings): Promise<Operation | undefined> {
    const { host } = surroundings;
    if (this.silent.has(host)) return undefined;
    const { firstAnswer, whole } = this.limits;
    try {
      await new Operation(surroundings, firstAnswer, LIMIT_NAME).machineId();
      return new Operation(surroundings, whole, LIMIT_NAME);
    } catch {
      this.silent.add(host);
      return undefined;
    }
  }
}
