import { declaredChain } from "../../domain/export-chain/declared-chain";
import { Chains } from "../../lifecycle/chains";
import { keptChain } from "./kept/kept-chain";
import { processHosts } from "./process-hosts";
import { resourceFront } from "./resource-front";

/** What the engine calls for an ExportChain. */
export const exportChain = resourceFront({
  door: new Chains(processHosts),
  kept: keptChain,
  declared: declaredChain,
  idOf: ({ chainId }) => chainId,
  whenStopped: "its job goes on, and the next up adopts it",
});
