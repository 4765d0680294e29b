import { ExportError, isExportError } from "../../domain/errors/export-error";
import { jobOutcome } from "../../domain/hyperv/job-state";
import { hasId, sameId } from "../../domain/hyperv/same-id";
import { nameSome } from "../../domain/listing/foreign-files";
import type { CheckpointAttempt } from "../../domain/records/method-attempts/checkpoint-attempt";
import type { Consistency } from "../../domain/reference-point/properties";
import type { Checkpoint, CheckpointStart, JobPath, PointRefusal, VirtualMachine } from "../../host/port";
import { explain, isConnectionFailure, isRefusal, isTransientRefusal } from "../session/host-failure";
import type { WatchedEnd } from "../session/job/job-watch";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { waitAfter } from "../session/retry/wait-after";
import type { CheckpointEvidence } from "./checkpoint-evidence";
import { watchCheckpointJob } from "./checkpoint-job";
import { listCheckpointJobs, listCheckpoints } from "./checkpoint-look";
import { overtakeCheckpoint } from "./overtake-checkpoint";
import { MAKE_STEP, refuseForeignCheckpoints, settleUnsupportedDisks } from "./refuse-foreign";
import { newCheckpoints, whatCheckpointCame } from "./what-checkpoint-came";

/** A checkpoint may be listed some seconds after the end of its job. */
const LISTING_LIMIT_MS = 30_000;
/** The same of a job that is no longer listed itself: often it has come to nothing. */
const VANISHED_LIMIT_MS = 5000;
const SHORTEST_LISTING_POLL_MS = 20;
const LONGEST_LISTING_POLL_MS = 2000;

export interface CheckpointToMake {
  readonly machine: VirtualMachine;
  readonly consistency: Consistency;
  readonly ignoreUnsupportedDisks: boolean;
  /** timeouts.stall. */
  readonly stall: string;
  readonly evidence: CheckpointEvidence;
}

/**
 * Makes one recovery checkpoint of a machine, or takes the one that an earlier run has made by the same attempt. The attempt is written down
 * before the method is called, and its checkpoint before anything is done with it. What is not proved to be ours is named and left alone.
 */
export function makeCheckpoint(operation: Operation, queue: MachineQueue, request: CheckpointToMake): Promise<Checkpoint> {
  const { id, name } = request.machine;
  return queue.take(operation, id, name, () => new Making(operation, request).run());
}

/** What one try has come to: the checkpoint, or why it is tried again. */
type Try = { readonly checkpoint: Checkpoint } | { readonly again: ExportError };

class Making {
  private readonly subject: string;
  private wanted: "application" | "crash";
  /** Undefined until the host has been asked. */
  private disksLeftOut: readonly string[] | undefined;

  constructor(
    private readonly operation: Operation,
    private readonly request: CheckpointToMake,
  ) {
    this.subject = request.machine.name;
    this.wanted = request.consistency === "crash" ? "crash" : "application";
  }

  async run(): Promise<Checkpoint> {
    for (let tried = 1; ; tried++) {
      const end = await this.oneTry(tried === 1).catch((error: unknown) => this.fallBack(error));
      if ("checkpoint" in end) return end.checkpoint;
      await waitAfter(this.operation, tried, end.again, MAKE_STEP, this.subject);
    }
  }

  private async oneTry(isFirst: boolean): Promise<Try> {
    const { operation, request, subject } = this;
    const known = await overtakeCheckpoint(operation, request.evidence);
    if (known) {
      const come = await whatCheckpointCame(operation, known);
      if (isFirst && come.kind !== "nothing") operation.did("took over the checkpoint of an earlier run");
      if (come.kind === "checkpoint") return { checkpoint: this.proved(known, come.checkpoint) };
      if (come.kind === "job") return this.watch(known, come.job.path, isFirst);
      // Made by us once, and gone: whatever was done with it is of no use any more.
      if (known.checkpointId !== undefined) throw goneCheckpoint(subject, known.checkpointId);
      if (come.unproven.length > 0) this.nameUnproven(come.unproven);
    }
    const attempt = await this.announce();
    operation.progress(`making a recovery checkpoint of ${subject}`);
    let start: CheckpointStart;
    try {
      const { virtualMachineId, consistency } = attempt;
      const { ignoreUnsupportedDisks, evidence } = request;
      const call = { virtualMachineId, consistency, ignoreUnsupportedDisks, onlyIf: evidence.condition() };
      start = await operation.withinTime(MAKE_STEP, subject, operation.host.createCheckpoint(call));
    } catch (error) {
      const reason = explain(error, MAKE_STEP, subject, "CreateSnapshot");
      // Nothing comes of it: a job that is listed later is somebody else's.
      if (isRefusal(error) && !isConnectionFailure(error)) await request.evidence.write({ ...attempt, isRefused: true });
      if (isConnectionFailure(error) || isTransientRefusal(error)) return { again: reason };
      throw reason;
    }
    if (start.kind === "job") return this.watch(attempt, start.path, false);
    const checkpoint = await this.listed(attempt, undefined, start.checkpointId);
    if (checkpoint === undefined) throw await this.notProven(attempt);
    return { checkpoint };
  }

  /** Before the method is called: whatever is listed afterwards, and was not before, may be this attempt's. */
  private async announce(): Promise<CheckpointAttempt> {
    const { operation, request, subject } = this;
    const { id: virtualMachineId, name: virtualMachineName, disks } = request.machine;
    const machine = { virtualMachineId, virtualMachineName };
    const { hostTime, jobs } = await listCheckpointJobs(operation, machine);
    const listed = await listCheckpoints(operation, machine);
    refuseForeignCheckpoints(subject, listed, hostTime);
    this.disksLeftOut ??= settleUnsupportedDisks(operation, subject, listed, request.ignoreUnsupportedDisks);
    const attempt: CheckpointAttempt = {
      run: operation.run,
      virtualMachineId,
      virtualMachineName,
      consistency: this.wanted,
      disks: disks.map(({ instanceId, path, bytes, allocatedBytes }) => ({
        instanceId,
        path,
        bytes,
        ...(allocatedBytes !== undefined && { allocatedBytes }),
      })),
      ...(this.disksLeftOut.length > 0 && { disksLeftOut: [...this.disksLeftOut] }),
      checkpointsBefore: listed.checkpoints.map(({ id }) => id),
      jobsBefore: jobs.map(({ path }) => path),
      startedAt: operation.timestamp(),
      hostTime,
    };
    await request.evidence.write(attempt);
    return attempt;
  }

  /** @param isOfEarlierRun that may have told the job to stop and not have seen its end */
  private async watch(attempt: CheckpointAttempt, path: JobPath, isOfEarlierRun: boolean): Promise<Try> {
    const { operation, subject, request } = this;
    const running = attempt.jobPath === path ? attempt : { ...attempt, jobPath: path };
    if (running !== attempt) await request.evidence.write(running);
    const end = await watchCheckpointJob(operation, path, {
      step: MAKE_STEP,
      subject,
      doing: "making a recovery checkpoint",
      stall: request.stall,
      ignored: this.ignored(),
      condition: () => request.evidence.condition(),
    }).catch(async (error: unknown): Promise<WatchedEnd<never>> => {
      if (isExportError(error) && endedBadly(error)) await this.noteFailure(running);
      if (isOfEarlierRun && isExportError(error) && error.code === "job-terminated") return { kind: "failedForNow", error };
      throw error;
    });
    if (end.kind === "failedForNow") {
      await this.noteFailure(running);
      return { again: end.error };
    }
    const made = end.kind === "succeeded" ? end.job.checkpointId : undefined;
    const checkpoint = await this.listed(running, path, made);
    if (checkpoint) return { checkpoint };
    throw await this.notProven(running);
  }

  /** A job that has failed and left no checkpoint leaves none later: what comes is somebody else's. */
  private async noteFailure(attempt: CheckpointAttempt): Promise<void> {
    const { operation, request } = this;
    const late = operation.extended(LISTING_LIMIT_MS);
    const path = attempt.jobPath ?? "";
    const job = await late.ask(MAKE_STEP, this.subject, () => late.host.pollCheckpointJob(path)).catch(() => undefined);
    if (job === undefined || jobOutcome(job.jobState) === "running" || job.checkpointId !== undefined) return;
    await request.evidence.write({ ...attempt, isRefused: true });
  }

  /**
   * The attempt's checkpoint, once it is listed; undefined where that cannot be told.
   *
   * @param path its job; undefined where the method had made it when it returned
   */
  private async listed(attempt: CheckpointAttempt, path: JobPath | undefined, made: string | undefined): Promise<Checkpoint | undefined> {
    const { operation, subject } = this;
    const { clock } = operation;
    const begun = clock.now();
    let id = made;
    for (let wait = SHORTEST_LISTING_POLL_MS; ; wait = Math.min(wait * 2, LONGEST_LISTING_POLL_MS)) {
      const job = path === undefined || id !== undefined ? undefined : await this.look(path);
      id ??= job?.checkpointId;
      const isVanished = path !== undefined && id === undefined && job === undefined;
      const until = begun + (isVanished ? VANISHED_LIMIT_MS : LISTING_LIMIT_MS);
      const isLate = clock.now() >= until || operation.isOver();
      const come = await newCheckpoints(operation, attempt);
      const only = come.length === 1 && (job === undefined || isLate) ? come[0] : undefined;
      const checkpoint = id === undefined ? only : come.find((one) => sameId(one.id, id ?? ""));
      if (checkpoint) return this.proved(attempt, checkpoint);
      if (isLate) return undefined;
      operation.progress(`waiting for the checkpoint of ${subject} to be listed`);
      await clock.sleep(Math.min(wait, Math.max(until - clock.now(), 0)));
    }
  }

  private proved(attempt: CheckpointAttempt, checkpoint: Checkpoint): Checkpoint {
    if (attempt.checkpointId !== checkpoint.id) this.request.evidence.note({ ...attempt, checkpointId: checkpoint.id });
    return checkpoint;
  }

  private look(path: JobPath) {
    return this.operation.ask(MAKE_STEP, this.subject, () => this.operation.host.pollCheckpointJob(path));
  }

  private async notProven(attempt: CheckpointAttempt): Promise<ExportError> {
    const come = await newCheckpoints(this.operation, attempt).catch(() => []);
    const names = come.length === 0 ? "no new one is listed" : `new ones are ${nameSome(come.map(({ id }) => id))}`;
    const reason = `the host does not tell which checkpoint it has made; ${names}`;
    return new ExportError("checkpoint-not-proven", { step: MAKE_STEP, subject: this.subject, reason });
  }

  private nameUnproven(ids: readonly string[]): void {
    this.operation.warn(
      `Checkpoints of ${this.subject} came while an earlier run was making one, and nothing proves whose they are: ${nameSome(ids)}. They are left alone.`,
    );
  }

  /** A guest whose backup service does not answer makes no checkpoint of application consistency, and may make one of the other. */
  private fallBack(error: unknown): Try {
    const { operation, request, subject } = this;
    const isOff = isExportError(error) && error.code === "guest-backup-off";
    if (!isOff || request.consistency !== "application-if-possible" || this.wanted === "crash") throw error;
    this.wanted = "crash";
    operation.warn(`${subject} gets a checkpoint that is only crash-consistent: ${error.reason}.`);
    return { again: error };
  }

  private ignored(): PointRefusal[] {
    return [
      ...(this.request.ignoreUnsupportedDisks ? (["passThroughDisk", "sharedDisk"] as const) : []),
      ...(this.wanted === "crash" ? (["guestBackupOff"] as const) : []),
    ];
  }
}

function endedBadly({ code }: ExportError): boolean {
  return code !== "superseded" && code !== "connection-lost" && code !== "host-unreachable";
}

export function goneCheckpoint(subject: string, checkpointId: string): ExportError {
  const reason = `${checkpointId}, which was made for this backup, is not there any more`;
  return new ExportError("checkpoint-gone", { step: MAKE_STEP, subject, reason });
}

/** Those of a machine's disks that a checkpoint holds. */
export function disksHeld(attempt: CheckpointAttempt, { disks }: Checkpoint): CheckpointAttempt["disks"] {
  const held = disks.map(({ instanceId }) => instanceId);
  const known = attempt.disks.filter(({ instanceId }) => hasId(held, instanceId));
  const added = disks.filter(({ instanceId }) => !known.some((one) => sameId(one.instanceId, instanceId)));
  return [...known, ...added.map(({ instanceId, path }) => ({ instanceId, path, bytes: 0 }))];
}
