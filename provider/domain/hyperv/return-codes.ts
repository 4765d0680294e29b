/**
 * Return codes of ExportReferencePoint and DestroyReferencePoint of Msvm_VirtualSystemReferencePointService; a job's ErrorCode
 * carries the same values.
 */
export const returnCodes = [
  { code: 32768, kind: "failed", label: "Failed", transient: false },
  { code: 32769, kind: "accessDenied", label: "Access Denied", transient: false },
  { code: 32770, kind: "notSupported", label: "Not Supported", transient: false },
  { code: 32771, kind: "unknownStatus", label: "Status is unknown", transient: false },
  { code: 32772, kind: "timeout", label: "Timeout", transient: true },
  { code: 32773, kind: "invalidParameter", label: "Invalid parameter", transient: false },
  { code: 32774, kind: "inUse", label: "System is in use", transient: true },
  { code: 32775, kind: "invalidState", label: "Invalid state for this operation", transient: true },
  { code: 32776, kind: "incorrectDataType", label: "Incorrect data type", transient: false },
  { code: 32777, kind: "notAvailable", label: "System is not available", transient: true },
  { code: 32778, kind: "outOfMemory", label: "Out of memory", transient: true },
] as const;

/**
 * Return codes of CreateReferencePoint. Its page has DMTF's (1 to 6) and leaves the rest to the vendor; a real host answered 32773, and
 * 32770 by its job, of the table above. 1 to 6 mean something else where a job is asked to end.
 */
export const creationCodes = [
  { code: 1, kind: "notSupported", label: "Not Supported" },
  { code: 2, kind: "failed", label: "Failed" },
  { code: 3, kind: "timeout", label: "Timeout" },
  { code: 4, kind: "invalidParameter", label: "Invalid Parameter" },
  { code: 5, kind: "invalidState", label: "Invalid State" },
  { code: 6, kind: "incorrectDataType", label: "Invalid Type" },
  ...returnCodes,
] as const;

/** The method finished before it returned. */
export const COMPLETED = 0;
/** The parameters were checked and a job was started. */
export const JOB_STARTED = 4096;

export function describeReturnCode(code: number): string {
  const row = returnCodes.find((candidate) => candidate.code === code);
  return row ? `${code} (${row.label})` : `${code} (not documented)`;
}
