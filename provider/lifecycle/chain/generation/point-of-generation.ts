import type { ChainRecord } from "../../../domain/export-chain/chain-record";
import type { PointAttempt } from "../../../domain/records/method-attempts/point-attempt";
import type { ConversionEvidence } from "../../checkpoint/convert-checkpoint";
import { isOfLostMachine } from "../../reference-point/attempt/lost-machine";
import { pointOfAttempt } from "../../reference-point/attempt/settle-attempt";
import { ignoreFullVolume } from "../../session/host-failure";
import type { Chaining } from "../record/chaining";
import { requireAttempt } from "./discard-generation";

/** The chain's record is where its points are proved, and where they are known from the moment on in which they are. */
export function evidenceIn({ file }: Chaining): ConversionEvidence {
  return {
    read: () => file.record.attempt?.point,
    condition: () => file.condition(),
    write: (point) => file.change(withPoint(file.record, point)),
    note: (point) => file.note(withPoint(file.record, point)),
  };
}

function withPoint(record: ChainRecord, point: PointAttempt): Pick<ChainRecord, "attempt" | "points"> {
  const attempt = { ...requireAttempt(record), point };
  const { virtualMachineId, referencePointId } = point;
  // Not what was asked for, and destroyed again.
  const dropped = referencePointId === undefined && point.isRefused ? record.attempt?.point?.referencePointId : undefined;
  const left = record.points.filter((known) => known.referencePointId !== dropped && known.referencePointId !== referencePointId);
  return { attempt, points: referencePointId === undefined ? left : [...left, { virtualMachineId, referencePointId }] };
}

/**
 * Finds out which point an unfinished generation has made, so that it can be destroyed with the others: none is made any more when this
 * returns. What nothing proves is named and left alone.
 *
 * @returns the point, where the record has not known it until now. There may be no room to write it there
 */
export async function settlePoint(chaining: Chaining): Promise<string | undefined> {
  const { operation } = chaining;
  const evidence = evidenceIn(chaining);
  const attempt = evidence.read();
  if (attempt === undefined || attempt.referencePointId !== undefined || attempt.isRefused) return undefined;
  const referencePointId = await pointOfAttempt(operation, evidence).catch((error: unknown) => {
    // Its points have gone with it.
    if (isOfLostMachine(error)) return undefined;
    throw error;
  });
  if (referencePointId === undefined) return undefined;
  await evidence.write({ ...(evidence.read() ?? attempt), referencePointId }).catch(ignoreFullVolume);
  return referencePointId;
}
