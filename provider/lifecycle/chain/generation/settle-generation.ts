import type { Chaining } from "../record/chaining";
import { settleCheckpoint } from "./checkpoint-of-generation";
import { settlePoint } from "./point-of-generation";

/**
 * Finds out what an unfinished generation has made on the host: its point, so that it can be destroyed with the others. A checkpoint of it
 * is removed. Nothing is made any more when this returns.
 *
 * @returns the point, where the record has not known it until now. There may be no room to write it there
 */
export function settleGeneration(chaining: Chaining): Promise<string | undefined> {
  return chaining.file.record.via === "checkpoint" ? settleCheckpoint(chaining) : settlePoint(chaining);
}
