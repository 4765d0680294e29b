import { type ChainRecord, hasLabel } from "../../../domain/export-chain/chain-record";
import type { Chaining } from "../record/chaining";

/**
 * What the record is to say of the declared label: its generation may go by retention while another one is newer, and a change of `keep`
 * alone must not make it again. One that is declared anew, after another, is made anew: so only the last one is remembered.
 */
export function labelMade(
  { inputs: { generation } }: Pick<Chaining, "inputs">,
  record: Pick<ChainRecord, "generations" | "labelMade">,
): { readonly labelMade: string | undefined } {
  if (typeof generation !== "string") return { labelMade: undefined };
  return { labelMade: hasLabel(record, generation) ? generation : record.labelMade };
}
