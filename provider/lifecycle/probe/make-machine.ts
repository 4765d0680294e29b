import { probeDiskFile, probeName } from "../../domain/probe/probe-record";
import { PROBE_DISK } from "../../domain/probe/probe-steps";
import type { HostErrorKind, TestMachine } from "../../host/port";
import { explain, isHostError, isRefusal } from "../session/host-failure";
import type { Operation } from "../session/operation";
import type { KeptProbe } from "./kept-probe";

const STEP = "make the test machine";

/** Makes the probe's machine and its disk in the probe's folder. */
export function makeMachine(operation: Operation, kept: KeptProbe): Promise<TestMachine> {
  const { record, folder: directory } = kept;
  const name = probeName(record);
  const { bytes: diskBytes, content } = PROBE_DISK;
  const request = {
    directory,
    canonicalPath: record.canonicalPath ?? "",
    name,
    mark: record.mark,
    diskFile: probeDiskFile(record),
    diskBytes,
    content,
    onlyIf: kept.condition(),
  };
  return operation.withinTime(STEP, name, operation.host.createTestMachine(request)).catch((error: unknown) => {
    throw explain(error, STEP, name, "DefineSystem");
  });
}

/** Whether that failed so that no machine was made, and none is to come: any other ending may have left a job that makes one. */
export function isWithoutMachine(error: unknown): boolean {
  const cause = (error as Error).cause;
  return isHostError(cause) && (isRefusal(cause) || madeNone.has(cause.kind));
}

/** Refused before a machine was asked for, or with it. */
const madeNone: ReadonlySet<HostErrorKind> = new Set([
  "accessDenied",
  "notSupported",
  "invalidParameter",
  "inUse",
  "noSpace",
  "volumeMissing",
  "movedDirectory",
  "linkInPath",
  "preconditionFailed",
  "unusable",
]);
