import { checkpointExportProperties } from "../../../domain/checkpoint-export/properties";
import type { ChainState } from "../../../domain/export-chain/outputs";
import { CHECKPOINT_EXPORT_TYPE } from "../../../domain/records/owner-text";
import { chainFacts } from "./chain-facts";
import { KeptProperties } from "./kept-properties";

/** How the engine keeps an export by a checkpoint: as the chain of one generation that it is, and with what vouches for that one. */
export const keptCheckpointExport = new KeptProperties<ChainState>({
  properties: checkpointExportProperties,
  type: CHECKPOINT_EXPORT_TYPE,
  idName: "chainId",
  facts: (state) => chainFacts(state, { newestGeneration: state.newestGeneration }),
  known: (result) => result,
});
