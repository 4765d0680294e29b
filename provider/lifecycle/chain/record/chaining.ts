import type { ChainGeneration } from "../../../domain/export-chain/chain-record";
import type { ChainInputs } from "../../../domain/export-chain/properties";
import type { ExportState } from "../../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../../domain/reference-point-export/properties";
import type { MachineQueue } from "../../session/machine-queue";
import type { Operation } from "../../session/operation";
import type { ChainFile } from "./chain-file";

/** What every step of a chain's operation uses. */
export interface Chaining {
  readonly operation: Operation;
  readonly queue: MachineQueue;
  readonly inputs: ChainInputs;
  /** The chain's record, which is ours. */
  readonly file: ChainFile;
}

/** Which export a generation is, of what. */
export type ExportOfChain = Pick<ChainGeneration, "label" | "virtualMachineId" | "referencePointId" | "checkpointId"> & {
  readonly baseReferencePointId?: string | undefined;
};

/** The arguments of the export that a generation is. Its claim names the chain's owner of generations, whatever that is called by now. */
export function exportInputsOf({ operation, inputs, file }: Omit<Chaining, "queue">, of: ExportOfChain): ExportInputs {
  const { host, disks, verification, timeouts, secretInputs } = inputs;
  return {
    host,
    virtualMachine: of.virtualMachineId,
    referencePoint: of.checkpointId ?? of.referencePointId,
    exportDirectory: operation.paths.join(file.directory, of.label),
    ...(of.baseReferencePointId !== undefined && { baseReferencePoint: of.baseReferencePointId }),
    ...(disks !== undefined && { disksToExport: disks }),
    verification,
    onDestroy: "delete",
    onExisting: "fail",
    timeouts,
    createUrn: file.record.generationOwner,
    ...(secretInputs !== undefined && { secretInputs }),
  };
}

/** A finished generation as an export that a state knows: by its id, and by the digest of its manifest. */
export function exportStateOf(chaining: Omit<Chaining, "queue">, generation: ChainGeneration): ExportState {
  const { exportId, manifestSha256 } = generation;
  return { ...exportInputsOf(chaining, generation), exportId, manifestSha256, status: "intact", problems: [], warnings: [] };
}
