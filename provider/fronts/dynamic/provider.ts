import { onEngineCancel } from "./engine-cancel";
import { silenceAnsweredErrors } from "./engine-error";
import { sayCancelled } from "./engine-log";
import { endWithEngine } from "./process-end";

/**
 * What the dynamic-provider process loads, by the text in resources/provider-text.ts, which lies in states for years: the names that
 * this file exports are a frozen contract.
 */
export { checkpointExport } from "./checkpoint-export-provider";
export { exportChain } from "./export-chain-provider";
export { referencePointExport } from "./reference-point-export-provider";
export { referencePoint } from "./reference-point-provider";

endWithEngine();
onEngineCancel(sayCancelled);
silenceAnsweredErrors();
