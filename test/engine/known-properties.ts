import { CHAIN_TYPE, CHECKPOINT_EXPORT_TYPE, POINT_TYPE } from "../../provider/domain/records/owner-text";
import { keptChain } from "../../provider/fronts/dynamic/kept/kept-chain";
import { keptCheckpointExport } from "../../provider/fronts/dynamic/kept/kept-checkpoint-export";
import { keptExport } from "../../provider/fronts/dynamic/kept/kept-export";
import { keptPoint } from "../../provider/fronts/dynamic/kept/kept-point";

type Kept = Readonly<Record<string, unknown>>;

function keptAs(type: string) {
  if (type === CHAIN_TYPE) return keptChain;
  if (type === CHECKPOINT_EXPORT_TYPE) return keptCheckpointExport;
  return type === POINT_TYPE ? keptPoint : keptExport;
}

/** Outputs as the engine keeps them, under the names of the lifecycle; empty lists, which the engine does not keep, included. */
export function knownProperties(id: string, kept: Kept, type = ""): Record<string, unknown> {
  return { ...(kept.result !== undefined && { problems: [], warnings: [] }), ...keptAs(type).knownState(id, kept) };
}

export function knownArguments(kept: Kept, type: string): Record<string, unknown> {
  return keptAs(type).knownArguments(kept);
}
