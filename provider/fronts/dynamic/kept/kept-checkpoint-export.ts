import { checkpointExportProperties } from "../../../domain/checkpoint-export/properties";
import type { ChainState } from "../../../domain/export-chain/outputs";
import { CHECKPOINT_EXPORT_TYPE } from "../../../domain/records/owner-text";
import { KeptProperties } from "./kept-properties";

/** How the engine keeps an export by a checkpoint: as the chain of one generation that it is, and with what vouches for that one. */
export const keptCheckpointExport = new KeptProperties<ChainState>({
  properties: checkpointExportProperties,
  type: CHECKPOINT_EXPORT_TYPE,
  idName: "chainId",
  facts: ({
    status,
    generations,
    referencePointId,
    newestGeneration,
    virtualMachineId,
    virtualMachineName,
    problems,
    warnings,
    ...rest
  }) => ({
    result: {
      virtualMachineId,
      virtualMachineName,
      generations,
      referencePointId,
      newestGeneration,
      status,
      ...(problems.length > 0 && { problems }),
      ...(warnings.length > 0 && { warnings }),
    },
    lastLook: {
      hostMachineId: rest.hostMachineId,
      nextPortion: rest.nextPortion,
      ...(rest.alteredFiles && rest.alteredFiles.length > 0 && { alteredFiles: rest.alteredFiles }),
    },
  }),
  known: (result) => result,
});
