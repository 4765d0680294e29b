import { foundDue, seenDue } from "../../../domain/export-chain/due";
import type { ChainState } from "../../../domain/export-chain/outputs";
import { chainProperties } from "../../../domain/export-chain/properties";
import { CHAIN_TYPE } from "../../../domain/records/owner-text";
import { chainFacts } from "./chain-facts";
import { KeptProperties } from "./kept-properties";

/** How the engine keeps a chain: a line a generation. */
export const keptChain = new KeptProperties<ChainState>({
  properties: chainProperties,
  type: CHAIN_TYPE,
  idName: "chainId",
  facts: (state) => chainFacts(state, { reason: state.reason }),
  known: (result) => result,
  // A generation that is due by the clock changes no argument.
  shown: {
    name: "due",
    checked: ({ generation }, before) => seenDue(generation, before, new Date()),
    found: ({ generation, result }) => foundDue(generation, result),
  },
});
