import type { ChainState } from "../../provider/domain/export-chain/outputs";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { durationOf } from "../../provider/domain/reference-point-export/time-limit";
import { createChain, UnfinishedChain } from "../../provider/lifecycle/chain/create-chain";
import { deleteChain } from "../../provider/lifecycle/chain/delete-chain";
import { diffChain, refuseChainReplacement } from "../../provider/lifecycle/chain/diff-chain";
import { readChain } from "../../provider/lifecycle/chain/read-chain";
import { updateChain } from "../../provider/lifecycle/chain/update-chain";
import type { Session } from "./session";

/**
 * Keeps one chain's state as Pulumi's engine does: what a call returned is stored, a call that never returned leaves the state as it was,
 * and a partial create is stored.
 */
export class ChainEngine {
  current: ChainState | undefined;
  /** By this clock a generation is due. */
  /** A plan has found the chain in the directory that is declared. */
  isMoved = false;
  constructor(private readonly now: () => Date = () => new Date()) {}

  copy(): ChainEngine {
    const copy = new ChainEngine(this.now);
    copy.current = this.current;
    return copy;
  }

  /** @returns whether there was something to do */
  async up(session: Session, inputs: ChainInputs): Promise<boolean> {
    const olds = this.current;
    const operation = () => session.operation(durationOf(inputs.timeouts.create), "timeouts.create");
    if (olds === undefined) {
      const creating = operation();
      try {
        this.current = stored(await createChain(creating, session.queue, inputs, creating.surroundings.newExportId()));
      } catch (error) {
        if (!(error instanceof UnfinishedChain)) throw error;
        this.current = stored(error.state);
        throw error.reason;
      }
      return true;
    }
    const { changes, replaces } = diffChain(
      olds,
      inputs,
      "posix",
      { isSameHost: true, isSameMachine: false, isMoved: this.isMoved },
      this.now(),
    );
    refuseChainReplacement(olds, inputs, "posix", replaces);
    if (!changes) return false;
    this.current = stored(await updateChain(operation(), session.queue, olds, inputs).catch(unwrap));
    return true;
  }

  async refresh(session: Session): Promise<void> {
    if (this.current === undefined) return;
    const operation = session.operation(durationOf(this.current.timeouts.create), "the limit of a refresh");
    const now = await readChain(operation, session.queue, this.current);
    this.current = now && stored(now);
  }

  async destroy(session: Session): Promise<void> {
    if (this.current === undefined) return;
    await deleteChain(session.operation(durationOf(this.current.timeouts.delete), "timeouts.delete"), session.queue, this.current);
    this.current = undefined;
  }
}

function unwrap(error: unknown): never {
  throw error instanceof UnfinishedChain ? error.reason : error;
}

/** State is text between two runs. */
function stored(state: ChainState): ChainState {
  return JSON.parse(JSON.stringify(state)) as ChainState;
}
