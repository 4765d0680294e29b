import { ExportError } from "../../../domain/errors/export-error";
import { standingCheckpoint } from "../../../domain/export-chain/chain-record";
import { jobOutcome } from "../../../domain/hyperv/job-state";
import { sameId } from "../../../domain/hyperv/same-id";
import { nameSome } from "../../../domain/listing/foreign-files";
import type { CheckpointAttempt } from "../../../domain/records/method-attempts/checkpoint-attempt";
import type { PointAttempt } from "../../../domain/records/method-attempts/point-attempt";
import { formatBytes } from "../../../domain/values/byte-size";
import type { CheckpointEvidence } from "../../checkpoint/checkpoint-evidence";
import { requireCheckpointJobEnded } from "../../checkpoint/checkpoint-job";
import { bytesWrittenSince, checkpointJobsOf, hostTimeOf, listCheckpoints } from "../../checkpoint/checkpoint-look";
import { overtakeCheckpoint } from "../../checkpoint/overtake-checkpoint";
import { ageOf } from "../../checkpoint/refuse-foreign";
import { removeCheckpoint } from "../../checkpoint/remove-checkpoint";
import { whatCheckpointCame } from "../../checkpoint/what-checkpoint-came";
import { whatPointCame } from "../../checkpoint/what-point-came";
import { isOfLostMachine, isThere } from "../../reference-point/attempt/lost-machine";
import { overtakeAttempt } from "../../reference-point/attempt/overtake-attempt";
import { onlyNewPoint } from "../../reference-point/attempt/what-has-come";
import { explain, ignoreFullVolume, isSuperseded } from "../../session/host-failure";
import type { Chaining } from "../record/chaining";
import { requireAttempt } from "./discard-generation";
import { evidenceIn } from "./point-of-generation";

const STEP = "remove the recovery checkpoint";

/** A checkpoint or a point may be listed some seconds after the end of its job. */
const LISTING_LIMIT_MS = 10_000;
const LISTING_POLL_MS = 250;

/** The chain's record is where its checkpoint is proved, from before it is made until it is gone. */
export function checkpointEvidenceIn({ file }: Pick<Chaining, "file">): CheckpointEvidence {
  return {
    read: () => file.record.attempt?.checkpoint,
    condition: () => file.condition(),
    write: (checkpoint) => file.change({ attempt: { ...requireAttempt(file.record), checkpoint } }),
    note: (checkpoint) => file.note({ attempt: { ...requireAttempt(file.record), checkpoint } }),
  };
}

/**
 * Removes the checkpoint of an unfinished generation, or finds out that it has become a point: none of ours stands any more when this
 * returns, and none is to come. What its export has written is of no use then. What nothing proves to be ours is named and left alone.
 *
 * @returns the point, where the record has not known it until now. There may be no room to write it there
 */
export async function settleCheckpoint(chaining: Chaining): Promise<string | undefined> {
  const { operation, file } = chaining;
  const known = standingCheckpoint(file.record);
  if (known === undefined) return undefined;
  try {
    const point = await settleConversion(chaining, known);
    if (point !== undefined) return point;
    await removeStanding(chaining);
  } catch (error) {
    if (!isOfLostMachine(error) || (await isThere(operation, known.virtualMachineId))) throw error;
    operation.warn(`The virtual machine ${known.virtualMachineName} is not there any more, nor is its checkpoint.`);
  }
  await forget(chaining).catch(ignoreFullVolume);
  return undefined;
}

/** From then on nothing of the attempt is on the host but what its export has written. */
export async function forget({ file }: Pick<Chaining, "file">): Promise<void> {
  const { checkpoint: _, point: _point, plan, ...rest } = requireAttempt(file.record);
  await file.change({ attempt: { ...rest, ...(plan && { discarding: true }) } });
}

/** A conversion that has been begun: it is ended, and what has come of it is found. */
async function settleConversion(chaining: Chaining, { checkpointId, jobPath }: CheckpointAttempt): Promise<string | undefined> {
  const { operation } = chaining;
  const evidence = evidenceIn(chaining);
  if (checkpointId === undefined || evidence.read() === undefined) return undefined;
  const attempt = (await overtakeAttempt(operation, evidence)) as PointAttempt;
  const checkpoint = { checkpointId, isWithoutJobs: jobPath === undefined };
  let come = await whatPointCame(operation, attempt, checkpoint);
  if (come.kind === "job") {
    const { job } = come;
    await requireCheckpointJobEnded(operation, job, attempt.virtualMachineName, evidence.condition());
    come = await inTime(operation, () => whatPointCame(operation, { ...attempt, jobPath: job.path }, checkpoint));
    const only = come.kind === "job" ? await onlyNewPoint(operation, attempt, job.path) : undefined;
    if (only !== undefined) return noted(evidence, attempt, only);
  }
  if (come.kind === "point") return noted(evidence, attempt, come.point.id);
  if (come.kind === "nothing") {
    // The checkpoint goes now, by us or by a person's hand. A point that comes later has not been made of it.
    evidence.note({ ...(evidence.read() ?? attempt), isRefused: true });
    await chaining.file.writeNoted().catch(ignoreFullVolume);
  }
  if (come.kind === "gone" && come.unproven.length > 0) {
    const { virtualMachineName } = attempt;
    operation.warn(
      `While a checkpoint of ${virtualMachineName} was being converted, new points have come: ${nameSome(come.unproven)}. Nothing proves that one is ours, so they are left alone. Destroy on the host what is nobody's.`,
    );
  }
  return undefined;
}

async function noted(evidence: ReturnType<typeof evidenceIn>, attempt: PointAttempt, referencePointId: string): Promise<string> {
  await evidence.write({ ...(evidence.read() ?? attempt), referencePointId }).catch(ignoreFullVolume);
  return referencePointId;
}

async function removeStanding(chaining: Chaining): Promise<void> {
  const { operation, queue, inputs } = chaining;
  const evidence = checkpointEvidenceIn(chaining);
  const attempt = await overtakeCheckpoint(operation, evidence);
  if (attempt === undefined) return;
  const { virtualMachineId, virtualMachineName } = attempt;
  const checkpointId = await provedCheckpoint(chaining, attempt, evidence);
  if (checkpointId === undefined) return;
  if (attempt.checkpointId === undefined) await evidence.write({ ...attempt, checkpointId }).catch(ignoreFullVolume);
  const jobs = await checkpointJobsOf(operation, attempt);
  // Nobody else works on a checkpoint of ours; while somebody does, it cannot be removed.
  for (const job of jobs.filter((one) => one.checkpointId !== undefined && sameId(one.checkpointId, checkpointId)))
    await requireCheckpointJobEnded(operation, job, virtualMachineName, evidence.condition());
  const { stall } = inputs.timeouts;
  const request = { virtualMachineId, virtualMachineName, checkpointId, stall, onlyIf: evidence.condition() };
  if ((await removeCheckpoint(operation, queue, request)) === "removed") operation.did("removed the checkpoint");
}

async function provedCheckpoint(
  { operation }: Chaining,
  attempt: CheckpointAttempt,
  evidence: CheckpointEvidence,
): Promise<string | undefined> {
  let come = await whatCheckpointCame(operation, attempt);
  if (come.kind === "job") {
    const { job } = come;
    await requireCheckpointJobEnded(operation, job, attempt.virtualMachineName, evidence.condition());
    come = await inTime(operation, () => whatCheckpointCame(operation, { ...attempt, jobPath: job.path }));
  }
  if (come.kind === "checkpoint") return come.checkpoint.id;
  if (come.kind === "job") return come.job.checkpointId;
  if (come.unproven.length > 0) {
    operation.warn(
      `While a checkpoint of ${attempt.virtualMachineName} was being made, new ones have come: ${nameSome(come.unproven)}. Nothing proves that one is ours, so they are left alone. Remove on the host what is nobody's.`,
    );
  }
  return undefined;
}

/** Looks again, for as long as a job that has done its work may be without what it has made. */
async function inTime<T extends { readonly kind: string }>(operation: Chaining["operation"], look: () => Promise<T>): Promise<T> {
  const until = operation.clock.now() + LISTING_LIMIT_MS;
  for (;;) {
    const come = await look();
    if (come.kind !== "job" || isFound(come) || operation.clock.now() >= until || operation.isOver()) return come;
    await operation.clock.sleep(LISTING_POLL_MS);
  }
}

function isFound(come: { readonly kind: string }): boolean {
  const { job } = come as { readonly job?: { readonly jobState: number; readonly checkpointId?: string } };
  return job?.checkpointId !== undefined || (job !== undefined && jobOutcome(job.jobState) !== "succeeded");
}

/** How long the removal may take after a failure, and in a refresh, beyond the operation's own time. */
const SETTLE_LIMIT_MS = 60_000;

/**
 * The end of everything that has failed: a checkpoint of ours that stood on would fill the volume of the machine's disks.
 *
 * @returns why it stands still; undefined where none does
 */
export async function leaveNoCheckpoint(chaining: Chaining): Promise<ExportError | undefined> {
  const { operation, file } = chaining;
  const brief = operation.extended(SETTLE_LIMIT_MS).limited(SETTLE_LIMIT_MS);
  try {
    await file.during(brief, async () => {
      await file.settleWrite();
      try {
        await settleCheckpoint({ ...chaining, operation: brief });
      } catch (error) {
        // A write that nobody waits for any more may have been done after that look: then it was this run that has changed the record.
        if (!isSuperseded(error) || !(await file.settleWrite())) throw error;
        await settleCheckpoint({ ...chaining, operation: brief });
      }
    });
    return undefined;
  } catch (error) {
    if (isSuperseded(error)) throw error;
    // A refresh is to name it, and a host that lets nothing be removed may let this be written.
    await file.during(brief, () => file.writeNoted()).catch(ignoreUnlessSuperseded);
    return leftError(chaining, explain(error, STEP, file.directory));
  }
}

function ignoreUnlessSuperseded(error: unknown): void {
  if (isSuperseded(error)) throw error;
}

/** With what a person has to know: which, how old, how much it has grown, and what to do. */
async function leftError({ operation, file }: Chaining, cause: ExportError): Promise<ExportError> {
  const known = standingCheckpoint(file.record);
  const subject = known === undefined ? file.directory : `${known.checkpointId ?? "a checkpoint"} of ${known.virtualMachineName}`;
  const size = known && (await sizeOf(operation.extended(LISTING_LIMIT_MS).limited(LISTING_LIMIT_MS), known).catch(() => undefined));
  const reason = `${size === undefined ? "" : `${size}; `}${cause.reason}`;
  return new ExportError("checkpoint-left", { step: STEP, subject, reason }, { cause });
}

async function sizeOf(operation: Chaining["operation"], known: CheckpointAttempt): Promise<string | undefined> {
  const listed = await listCheckpoints(operation, known);
  const { checkpointId } = known;
  const checkpoint = listed.checkpoints.find(({ id }) => checkpointId !== undefined && sameId(id, checkpointId));
  if (checkpoint === undefined) return undefined;
  const bytes = bytesWrittenSince(listed, checkpoint);
  const age = ageOf(checkpoint, await hostTimeOf(operation, known));
  return `it is ${age}, and its files have ${bytes === undefined ? "grown, nobody can tell how far" : formatBytes(bytes)}`;
}
