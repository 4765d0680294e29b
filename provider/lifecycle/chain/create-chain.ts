import type { ExportError } from "../../domain/errors/export-error";
import type { ChainPoint } from "../../domain/export-chain/chain-record";
import type { ChainState } from "../../domain/export-chain/outputs";
import type { ChainInputs } from "../../domain/export-chain/properties";
import { explain, isSuperseded } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { Unfinished } from "../session/unfinished";
import { bringUpToDate } from "./bring-up-to-date";
import { chainStateOf } from "./condition/chain-state";
import { conditionsIn, inspectChain } from "./condition/inspect-chain";
import type { Chaining } from "./record/chaining";
import { claimChain, releaseUntouchedChain } from "./record/claim-chain";

/** The chain has a record and is not as it should be: the state is kept so that the next up can go on and destroy can clean. */
export class UnfinishedChain extends Unfinished<ChainState> {
  override readonly name = "UnfinishedChain";
}

/**
 * Begins a chain, or goes on with one that is there already, and makes what its arguments ask for. Fails plainly while nothing is claimed,
 * and with {@link UnfinishedChain} afterwards.
 *
 * @param points of one that was begun here before and is gone
 */
export async function createChain(
  operation: Operation,
  queue: MachineQueue,
  inputs: ChainInputs,
  chainId: string,
  points: readonly ChainPoint[] = [],
): Promise<ChainState> {
  const { file, machine, isNew } = await claimChain(operation, inputs, chainId, points);
  const chaining: Chaining = { operation, queue, inputs, file };
  try {
    return await bringUpToDate(chaining, [], machine);
  } catch (error) {
    const reason = explain(error, "make the chain", inputs.directory);
    // The other run's chain is not this one's to keep in the state.
    if (isSuperseded(reason)) throw reason;
    if (isNew && (await releaseUntouchedChain(operation.extended(RELEASE_LIMIT_MS), file))) throw reason;
    throw new UnfinishedChain(await unfinishedState(chaining, reason), reason);
  }
}

/** Beyond the operation's own time, which may be what has run out. */
const RELEASE_LIMIT_MS = 10_000;

/** What nobody has looked at is not called intact; the next up looks again: it comes, since the chain is incomplete. */
async function unfinishedState(chaining: Chaining, { reason }: ExportError): Promise<ChainState> {
  const brief = chaining.operation.extended(LOOK_LIMIT_MS).limited(LOOK_LIMIT_MS);
  const inspected = await inspectChain({ ...chaining, operation: brief }).catch(() => undefined);
  const conditions = inspected ? conditionsIn(chaining.file.record.generations, inspected, []) : new Map();
  const state = chainStateOf(chaining, { inspected, conditions });
  return { ...state, status: "incomplete", problems: [...state.problems, `generation-unfinished: ${reason}`] };
}

const LOOK_LIMIT_MS = 10_000;
