import { knownState } from "../../provider/fronts/dynamic/kept-properties";

/** Outputs as the engine keeps them, under the names of the lifecycle; empty lists, which the engine does not keep, included. */
export function knownProperties(id: string, kept: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...(kept.result !== undefined && { problems: [], warnings: [] }), ...knownState(id, kept) };
}
