import { declaredValues } from "../declared-values";
import { type ChainInputs, chainProperties } from "./properties";

/** The arguments with the table's defaults. */
export function declaredChain(given: Readonly<Record<string, unknown>>): ChainInputs {
  return declaredValues(chainProperties, given) as unknown as ChainInputs;
}
