import { HostError, type HostErrorDetails, type HostErrorKind, type HostFault } from "../port";

/** An error that lasts until a person has changed something. What to change stands in the error table of the domain, once for all hosts. */
export function fault(name: HostFault, message: string, details: HostErrorDetails = {}, kind: HostErrorKind = "unusable"): HostError {
  return new HostError(kind, message, { ...details, fault: name });
}
