import { ExportError } from "../../domain/errors/export-error";
import type { ChainPoint } from "../../domain/export-chain/chain-record";
import type { ChainState } from "../../domain/export-chain/outputs";
import type { ChainInputs } from "../../domain/export-chain/properties";
import { outOfReach, requireSameMachine } from "../directory/look";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { bringUpToDate } from "./bring-up-to-date";
import { createChain } from "./create-chain";
import { lookAtChain } from "./record/chain-file";
import { settleMovedChain } from "./record/moved-chain";
import { ownChain } from "./record/own-chain";

const STEP = "update the chain";

/** Brings a chain that the state knows in line with its arguments. */
export async function updateChain(operation: Operation, queue: MachineQueue, olds: ChainState, inputs: ChainInputs): Promise<ChainState> {
  const { directory, createUrn } = inputs;
  const { chainId, hostMachineId, alteredFiles = [] } = olds;
  if (!operation.paths.same(olds.directory, directory)) await takeMovedOver(operation, olds, directory);
  const look = await lookAtChain(operation, directory);
  if (look.kind === "absent") {
    await requireSameMachine(operation, { exportDirectory: directory, ...(hostMachineId !== undefined && { hostMachineId }) });
    operation.warn(`The chain in ${directory} is gone: its directory is not there, and the folder above it is. It is begun anew.`);
    return createChain(operation, queue, inputs, chainId, knownPoints(olds));
  }
  if (look.kind === "parentMissing" || look.kind === "volumeMissing" || look.kind === "notDirectory")
    throw outOfReach(look, directory, { known: true, of: "chain" });
  const file = await ownChain(operation, look, STEP, { chainId, directory, createUrn });
  return { ...(await bringUpToDate({ operation, queue, inputs, file }, alteredFiles)), ...lastLook(olds) };
}

/** The plan has found the chain in the directory that is declared now. Looks again: nothing is begun anew in a place that holds it no more. */
async function takeMovedOver(operation: Operation, { chainId, directory: before }: ChainState, directory: string): Promise<void> {
  const look = await lookAtChain(operation, directory);
  const isThere = (look.kind === "chain" || look.kind === "copy") && look.file.record.chainId === chainId;
  if (isThere && look.kind === "copy") return settleMovedChain(operation, look.file);
  if (isThere) return;
  const reason = `it does not hold the chain that was in ${before}`;
  throw new ExportError("changed-since-plan", { step: STEP, subject: directory, reason });
}

/** Of a chain that is gone, the state knows one point that was ours. The new one needs it no more than anybody else. */
function knownPoints({ virtualMachineId, referencePointId }: ChainState): ChainPoint[] {
  return virtualMachineId === undefined || referencePointId === undefined ? [] : [{ virtualMachineId, referencePointId }];
}

/** What a refresh goes on from: an up reads no content. */
function lastLook({ hostMachineId, nextPortion, alteredFiles }: ChainState): Partial<ChainState> {
  return {
    ...(hostMachineId !== undefined && { hostMachineId }),
    ...(nextPortion !== undefined && { nextPortion }),
    ...(alteredFiles !== undefined && { alteredFiles }),
  };
}
