/** A refusal that goes to the client as a SOAP fault. */
export interface FaultWords {
  /** Of WSManFault: what clients decide by. */
  readonly code: number;
  readonly by: "Sender" | "Receiver";
  readonly subcode: string;
  readonly detail?: string;
  /** The fault is the shell plugin's own, so the message stands in a ProviderFault. */
  readonly ofPlugin?: boolean;
  readonly text: string;
}

const selectors = { by: "Sender", subcode: "w:InvalidSelectors", detail: "UnexpectedSelectors" } as const;
const quota = { by: "Sender", subcode: "w:QuotaLimit" } as const;
const ofPlugin = { by: "Receiver", subcode: "w:InternalError", ofPlugin: true } as const;

/**
 * Codes as wsmerror.h and winerror.h number them. The first eight are those of recorded exchanges or of reports about them; processes
 * and memory are limits of the shell's job, so that they show as the Win32 errors of CreateProcess.
 */
export const faults = {
  timedOut: { code: 2150858793, by: "Receiver", subcode: "w:TimedOut", text: "The operation did not complete within OperationTimeout." },
  noSuchCommand: { ...selectors, code: 2150858843, text: "There is no such command: it has completed, or its identifier is wrong." },
  noSuchShell: { ...selectors, code: 2150858843, text: "The shell was not found on the server." },
  noSuchProgram: { ...ofPlugin, code: 2147942402, text: "The system cannot find the file specified." },
  wrongParameter: {
    code: 87,
    by: "Sender",
    subcode: "w:InvalidParameter",
    detail: "InvalidValue",
    ofPlugin: true,
    text: "The parameter is incorrect.",
  },
  tooManyShells: { ...quota, code: 2150859173, text: "This user has as many concurrent shells as are allowed." },
  tooManyOperations: { ...quota, code: 2150859174, text: "This user has as many concurrent operations as are allowed." },
  accessDenied: { code: 5, by: "Sender", subcode: "w:AccessDenied", text: "Access is denied." },
  tooManyUsers: { ...quota, code: 2150859179, text: "As many users as are allowed have shells on this system." },
  tooManyProcesses: { ...ofPlugin, code: 2147944216, text: "Not enough quota is available to process this command." },
  notEnoughMemory: { ...ofPlugin, code: 2147943855, text: "The paging file is too small for this operation to complete." },
  aborted: { ...ofPlugin, code: 995, text: "The I/O operation has been aborted because of a thread exit or an application request." },
  pipeClosed: { ...ofPlugin, code: 2147942632, text: "The pipe is being closed." },
  receiveInProgress: { ...ofPlugin, code: 2150859047, text: "Another Receive of this command is in progress." },
  idleTimeoutOutOfBounds: {
    code: 2150859250,
    by: "Sender",
    subcode: "w:InvalidParameter",
    detail: "InvalidValue",
    text: "IdleTimeout is not within its bounds.",
  },
  unknownAction: { code: 2150858771, by: "Sender", subcode: "a:ActionNotSupported", text: "The action is not supported." },
  unknownResource: {
    code: 2150858752,
    by: "Sender",
    subcode: "a:DestinationUnreachable",
    detail: "InvalidResourceURI",
    text: "There is no such resource.",
  },
  headerMissing: { code: 2150858769, by: "Sender", subcode: "a:MessageInformationHeaderRequired", text: "A header is missing." },
  notUnderstood: { code: 2150858768, by: "Sender", subcode: "s:MustUnderstand", text: "A header is not understood." },
  envelopeTooSmall: {
    code: 2150858878,
    by: "Sender",
    subcode: "w:EncodingLimit",
    detail: "MinimumEnvelopeLimit",
    text: "MaxEnvelopeSize is below 8192 bytes.",
  },
  unreadable: { code: 2150858817, by: "Sender", subcode: "w:SchemaValidationError", text: "The request is not what its schema says." },
} as const satisfies Record<string, FaultWords>;

export type FaultName = keyof typeof faults;

/** Thrown by whatever refuses a request. */
export class Fault extends Error {
  constructor(
    readonly fault: FaultName,
    detail = "",
  ) {
    super(`${faults[fault].text}${detail && ` ${detail}`}`);
  }
}
