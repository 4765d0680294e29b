import { describeReturnCode, returnCodes } from "../../../domain/hyperv/return-codes";
import { type ExportRequest, HostError, type HostErrorKind } from "../../port";
import { pointId } from "../state/wmi-names";

/** An answer of ExportReferencePoint that nothing was begun. */
export interface Refusal {
  readonly code: number;
  readonly why: string;
}

export function refusal(kind: HostErrorKind, why: string): Refusal {
  return { code: returnCodeOf(kind), why };
}

/** What has no code of its own is "Failed". */
export function returnCodeOf(kind: HostErrorKind): number {
  return (returnCodes.find((row) => row.kind === kind) ?? returnCodes[0]).code;
}

export function methodError(request: ExportRequest, refusal: Refusal): HostError {
  const kind = returnCodes.find((row) => row.code === refusal.code)?.kind ?? "failed";
  const what = `ExportReferencePoint of ${pointId(request.referencePointId)} of machine ${request.virtualMachineId} to ${request.exportDirectory}`;
  return new HostError(kind, `${what} returned ${describeReturnCode(refusal.code)}: ${refusal.why.replace(/\.$/, "")}.`, {
    returnCode: refusal.code,
    path: request.exportDirectory,
    why: refusal.why.replace(/\.$/, ""),
  });
}
