import { declaredCheckpointExport } from "../../domain/checkpoint-export/declared-checkpoint-export";
import { CheckpointExports } from "../../lifecycle/checkpoint-exports";
import { keptCheckpointExport } from "./kept/kept-checkpoint-export";
import { processHosts } from "./process-hosts";
import { resourceFront } from "./resource-front";

/** What the engine calls for a CheckpointExport. */
export const checkpointExport = resourceFront({
  door: new CheckpointExports(processHosts),
  kept: keptCheckpointExport,
  declared: declaredCheckpointExport,
  idOf: ({ chainId }) => chainId,
  whenStopped: "its job goes on, and the next up adopts it",
});
