import { describeReturnCode, returnCodes } from "../../../domain/hyperv/return-codes";
import { failure } from "../../answer";
import { type Answer, HostError, type HostErrorKind, type PointRefusal } from "../../port";

/** An answer of a method that nothing was begun. */
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

/** @param call the method, of what, and where to: "ExportReferencePoint of Microsoft:… of machine … to …" */
export function exportError(call: string, exportDirectory: string, { code, why }: Refusal): HostError {
  const reason = why.replace(/\.$/, "");
  return new HostError(kindOf(code), messageOf(call, code, reason), { returnCode: code, path: exportDirectory, why: reason });
}

export function refused(call: string, { code, why }: Refusal, seen?: PointRefusal): Answer<never> {
  const message = messageOf(call, code, why.replace(/\.$/, ""));
  return failure(new HostError(kindOf(code), message, { returnCode: code, ...(seen && { refusal: seen }) }));
}

function kindOf(code: number): HostErrorKind {
  return returnCodes.find((row) => row.code === code)?.kind ?? "failed";
}

function messageOf(call: string, code: number, why: string): string {
  return `${call} returned ${describeReturnCode(code)}: ${why}.`;
}
