import { ExportError } from "../../domain/errors/export-error";
import { contentOfPlace } from "../../domain/listing/written-files";
import type { Attempt } from "../../domain/records/attempt";
import type { ExportStart } from "../../host/port";
import type { ClaimedDirectory } from "../directory/claimed-directory";
import { lookAt } from "../directory/look";
import { onlyIfSeen } from "../directory/seen-claim";
import { explain, isConnectionFailure, isHostError, isTransientRefusal } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { cancelUnseen } from "./cancel-job";
import { discardAttempt } from "./discard-attempt";
import { methodOf } from "./export-method";
import { isOfAttempt } from "./what-has-run";

/** More would make each write of the claim a large one. */
const MOST_BEFORE = 1000;

export interface CallStep {
  readonly kind: "call";
  /** Something may have been left in the directory. */
  readonly clear: boolean;
  /** The claim does not say yet that the method is called. */
  readonly announce: boolean;
}

export type Called = ExportStart | { readonly kind: "refusedForNow"; readonly error: ExportError };

/** Calls the method, once the claim says so and what an earlier try has left is gone. */
export async function announcedCall(
  operation: Operation,
  directory: ClaimedDirectory,
  attempt: Attempt,
  step: CallStep,
  subject: string,
): Promise<Called> {
  const method = methodOf(attempt.target);
  try {
    return await call(operation, directory, attempt, step, subject);
  } catch (error) {
    const reason = withDoubtOfBase(explain(error, method.step, subject, method.name), attempt);
    if (isConnectionFailure(error) || isTransientRefusal(error)) return { kind: "refusedForNow", error: reason };
    const announced = directory.claim.attempt ?? attempt;
    if (reason.code === "timed-out") {
      await cancelUnseen(operation, announced, directory.placeOf(attempt).directory, directory, (listed) => isOfAttempt(listed, announced));
    }
    throw reason;
  }
}

/** Points carry no time, so only the host can tell that a base is not older than its point; it says no more than "Invalid parameter". */
function withDoubtOfBase(error: ExportError, { target, subdirectory }: Attempt): ExportError {
  const { code, step, subject, reason, cause } = error;
  // A repair has a directory of its own. Another base would replace the export, and delete what is left of it.
  const isRepair = subdirectory !== "";
  const isBlind = code === "method-refused" && isHostError(cause) && cause.kind === "invalidParameter";
  if (!isBlind || target.baseReferencePointId === undefined) return error;
  const remedy = isRepair
    ? "Look at the Hyper-V-VMMS event log of the host. If it cannot make this difference any more, first copy what you need of the damaged export to another place, for the next step deletes it; then leave baseReferencePoint out for a full export."
    : "Name a base that is older than the point, since a host refuses any other like this, or leave baseReferencePoint out for a full export.";
  return new ExportError(code, { step, subject, reason, remedy }, { cause });
}

async function call(
  operation: Operation,
  directory: ClaimedDirectory,
  attempt: Attempt,
  { clear, announce }: CallStep,
  subject: string,
): Promise<ExportStart> {
  const { directory: exportDirectory } = directory.placeOf(attempt);
  if (clear) await discardAttempt(operation, directory, attempt);
  if (announce) await announceCall(operation, directory, attempt, exportDirectory);
  const method = methodOf(attempt.target);
  operation.progress(`exporting ${subject}`);
  const started = method.call(operation.host, attempt.target, exportDirectory, onlyIfSeen(directory));
  return operation.withinTime(method.step, subject, started);
}

/** Before the method is called: whatever job is listed afterwards and was not before is this attempt's, and so is every new file. */
async function announceCall(operation: Operation, directory: ClaimedDirectory, attempt: Attempt, exportDirectory: string): Promise<void> {
  const known = await methodOf(attempt.target).before(operation, attempt.target, exportDirectory);
  const { jobPath: _job, files: _files, folders: _folders, ...rest } = attempt;
  await directory.saveAttempt(
    { ...rest, warnings: [], named: [] },
    {
      state: "starting",
      number: attempt.number + 1,
      ...known,
      before: await contentBefore(operation, directory, attempt),
      startedAt: operation.timestamp(),
    },
  );
}

/**
 * What lies in the attempt's place and is not its own. Where nobody saw the end of an earlier try, what has come since is taken for its
 * job's.
 */
async function contentBefore(operation: Operation, directory: ClaimedDirectory, attempt: Attempt): Promise<string[]> {
  const { subdirectory, before, files } = attempt;
  const isSettled = before === undefined || files !== undefined;
  if (!isSettled && before.length === 0) return [];
  if (subdirectory !== "" && files === undefined) return [];
  const look = await lookAt(operation, directory.directory);
  if (look.kind !== "view") return [];
  const there = contentOfPlace(subdirectory, look.view.entries);
  const { fold } = operation.paths;
  const earlier = new Set(before?.map(fold));
  const known = isSettled ? there : there.filter((path) => earlier.has(fold(path)));
  if (known.length <= MOST_BEFORE) return known;
  const reason = `it holds ${known.length} files and folders that are not the export's, more than can be told apart from it`;
  throw new ExportError("directory-not-empty", { step: methodOf(attempt.target).step, subject: directory.directory, reason });
}
