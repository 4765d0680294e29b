import type { ChainState } from "../../../domain/export-chain/outputs";
import type { Kept } from "./kept";

/**
 * What is kept of a chain's state without its arguments: a line a generation.
 *
 * @param own what only this kind of resource shows
 */
export function chainFacts(state: ChainState, own: Kept): { readonly result: Kept; readonly lastLook: Kept } {
  const { status, generations, referencePointId, virtualMachineId, virtualMachineName, problems, warnings } = state;
  const { hostMachineId, nextPortion, alteredFiles = [] } = state;
  return {
    result: {
      virtualMachineId,
      virtualMachineName,
      generations,
      ...own,
      referencePointId,
      status,
      ...(problems.length > 0 && { problems }),
      ...(warnings.length > 0 && { warnings }),
    },
    lastLook: { hostMachineId, nextPortion, ...(alteredFiles.length > 0 && { alteredFiles }) },
  };
}
