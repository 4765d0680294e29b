import { foundDue, seenDue } from "../../../domain/export-chain/due";
import type { ChainState } from "../../../domain/export-chain/outputs";
import { chainProperties } from "../../../domain/export-chain/properties";
import { CHAIN_TYPE } from "../../../domain/records/owner-text";
import { KeptProperties } from "./kept-properties";

/** How the engine keeps a chain: a line a generation. */
export const keptChain = new KeptProperties<ChainState>({
  properties: chainProperties,
  type: CHAIN_TYPE,
  idName: "chainId",
  facts: ({ status, generations, reason, referencePointId, virtualMachineId, virtualMachineName, problems, warnings, ...rest }) => ({
    result: {
      virtualMachineId,
      virtualMachineName,
      generations,
      reason,
      referencePointId,
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
  // A generation that is due by the clock changes no argument.
  shown: {
    name: "due",
    checked: ({ generation }, before) => seenDue(generation, before, new Date()),
    found: ({ generation, result }) => foundDue(generation, result),
  },
});
