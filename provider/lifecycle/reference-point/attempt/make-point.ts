import { ExportError, isExportError } from "../../../domain/errors/export-error";
import { jobOutcome } from "../../../domain/hyperv/job-state";
import { sameId } from "../../../domain/hyperv/same-id";
import { isPointOnItsWay, type PointAttempt } from "../../../domain/records/method-attempts/point-attempt";
import type { Consistency } from "../../../domain/reference-point/properties";
import type { JobPath, NamedMachine, PointJob, PointStart, ReferencePoint } from "../../../host/port";
import { explain, isConnectionFailure, isRefusal, isSuperseded, isTransientRefusal } from "../../session/host-failure";
import type { WatchedEnd } from "../../session/job/job-watch";
import type { MachineQueue } from "../../session/machine-queue";
import type { Operation } from "../../session/operation";
import { waitAfter } from "../../session/retry/wait-after";
import type { PointEvidence } from "../record/point-evidence";
import { destroyInTurn } from "./destroy-point";
import { overtakeAttempt } from "./overtake-attempt";
import { watchPointJob } from "./point-job";
import { isAnothers, listPoints, newPoints, onlyNewPoint, pointJobsOf, whatHasCome } from "./what-has-come";

const STEP = "make a reference point";

/** A point may be listed some seconds after the end of its job. */
const LISTING_LIMIT_MS = 30_000;
/** The same of a job that is no longer listed itself: often it has come to nothing. */
const VANISHED_LIMIT_MS = 5000;
const SHORTEST_LISTING_POLL_MS = 20;
const LONGEST_LISTING_POLL_MS = 2000;
/** A job that vanishes twice in one operation is no accident of the host's job list. */
const VANISHINGS = 2;
/** How long a point that is ours and not what was asked for may take to go, beyond the operation's own time. */
const TAKE_BACK_LIMIT_MS = 30_000;

export interface MakeRequest {
  readonly machine: NamedMachine;
  readonly consistency: Consistency;
  /** timeouts.stall. */
  readonly stall: string;
  readonly evidence: PointEvidence;
}

/**
 * Makes one point of a machine, or takes the one that an earlier run has made by the same attempt. The attempt is written down before
 * the method is called, and its point as soon as it is proved: by its job or, where that has succeeded and does not name it, because it is the
 * only one that has come. What is not proved is named in a warning and left alone.
 *
 * When this returns, the evidence holds the point. The caller writes it where it belongs and takes the attempt away, in one change.
 */
export function makePoint(operation: Operation, queue: MachineQueue, request: MakeRequest): Promise<ReferencePoint> {
  const { id, name } = request.machine;
  return queue.take(operation, id, name, () => new Making(operation, request).run());
}

/** What one try has come to: the point, or why it is tried again. */
type Try = { readonly point: ReferencePoint } | { readonly again: ExportError };

class Making {
  private readonly subject: string;
  private wanted: "application" | "crash";
  private readonly named = new Set<string>();
  private vanished = 0;
  /** The point is of an earlier run's call. */
  private hasTakenOver = false;
  /** The attempt with its point, once that is known. */
  private latest: PointAttempt | undefined;

  constructor(
    private readonly operation: Operation,
    private readonly request: MakeRequest,
  ) {
    this.subject = request.machine.name;
    this.wanted = request.consistency === "crash" ? "crash" : "application";
  }

  async run(): Promise<ReferencePoint> {
    const { operation } = this;
    for (let tried = 1; ; tried++) {
      const end = await this.oneTry(tried === 1).catch((error: unknown) => this.fallBack(error));
      if ("point" in end) {
        const lack = await this.lackOf(end.point);
        if (lack === undefined) {
          if (this.hasTakenOver) operation.did("took over the point of an earlier run");
          return end.point;
        }
        // What the guest gave an earlier run says nothing of what it gives now.
        if (!this.hasTakenOver) throw lack;
        continue;
      }
      await waitAfter(operation, tried, end.again, STEP, this.subject);
    }
  }

  private async oneTry(isFirst: boolean): Promise<Try> {
    const { operation } = this;
    const known = await this.knownAttempt();
    if (known) {
      const come = await whatHasCome(operation, known);
      const found = isPointOnItsWay(known) ? { ...known, isFoundByTime: true } : known;
      this.hasTakenOver = isFirst && come.kind !== "nothing";
      this.latest = known;
      if (come.kind === "point") return { point: come.point };
      if (come.kind === "job") return this.watch(found, come.job.path, isFirst);
      this.nameUnproven(come.unproven);
    }
    const attempt = await this.announce();
    this.hasTakenOver = false;
    operation.progress(`making a reference point of ${this.subject}`);
    let start: PointStart;
    try {
      const { virtualMachineId, consistency } = attempt;
      const onlyIf = this.request.evidence.condition();
      const call = operation.host.createReferencePoint({ virtualMachineId, consistency, onlyIf });
      start = await operation.withinTime(STEP, this.subject, call);
    } catch (error) {
      const reason = explain(error, STEP, this.subject, "CreateReferencePoint");
      // Nothing comes of it: a job that is listed later is somebody else's.
      if (isRefusal(error) && !isConnectionFailure(error)) await this.request.evidence.write({ ...attempt, isRefused: true });
      if (isConnectionFailure(error) || isTransientRefusal(error)) return { again: reason };
      throw reason;
    }
    if (start.kind === "job") return this.watch(attempt, start.path, false);
    const point = await this.listed(attempt, undefined, { job: start });
    if (point === undefined) throw await this.notProven(attempt, start.referencePointId);
    return { point };
  }

  /** One of another machine is nobody's here: whoever keeps the evidence settles it first. */
  private async knownAttempt(): Promise<PointAttempt | undefined> {
    const { operation, request } = this;
    const attempt = request.evidence.read();
    if (attempt === undefined || !sameId(attempt.virtualMachineId, request.machine.id)) return undefined;
    return overtakeAttempt(operation, request.evidence);
  }

  /** Before the method is called: whatever job is listed afterwards and was not before is this attempt's. */
  private async announce(): Promise<PointAttempt> {
    const { operation, request, subject } = this;
    const { id, name } = request.machine;
    const { hostTime, jobs } = await pointJobsOf(operation, id, subject);
    const points = await listPoints(operation, { virtualMachineId: id, virtualMachineName: name });
    const attempt: PointAttempt = {
      run: operation.run,
      virtualMachineId: id,
      virtualMachineName: name,
      consistency: this.wanted,
      pointsBefore: points.map((point) => point.id),
      jobsBefore: jobs.map((job) => job.path),
      startedAt: operation.timestamp(),
      hostTime,
    };
    await request.evidence.write(attempt);
    return attempt;
  }

  /** @param isOfEarlierRun that may have told the job to stop and not have seen its end */
  private async watch(attempt: PointAttempt, path: JobPath, isOfEarlierRun: boolean): Promise<Try> {
    const { operation, subject, request } = this;
    const running = attempt.jobPath === path ? attempt : { ...attempt, jobPath: path };
    if (running !== attempt) await request.evidence.write(running);
    const work = {
      step: STEP,
      subject,
      doing: "making the reference point",
      stall: request.stall,
      condition: () => request.evidence.condition(),
    };
    const end = await watchPointJob(operation, path, work).catch(async (error: unknown): Promise<WatchedEnd<PointJob>> => {
      if (!isExportError(error) || isSuperseded(error) || isConnectionFailure(error.cause)) throw error;
      await this.takeBackOf(running, path);
      if (isOfEarlierRun && error.code === "job-terminated") return { kind: "failedForNow", error };
      throw error;
    });
    if (end.kind === "failedForNow") {
      await this.takeBackOf(running, path);
      return { again: end.error };
    }
    if (end.kind === "succeeded") for (const warning of end.warnings) operation.warn(`The reference point of ${subject}: ${warning}.`);
    const point = await this.listed(running, path, end.kind === "succeeded" ? end : undefined);
    if (point) return { point };
    if (end.kind === "succeeded" && !isOfEarlierRun && !running.isFoundByTime) throw await this.notProven(running, undefined);
    const reason = "its job is no longer listed, or names no point, and no new point is listed";
    const error = new ExportError("job-vanished", { step: STEP, subject, reason });
    if (++this.vanished === VANISHINGS) throw error;
    this.nameUnproven(await newPoints(operation, running));
    await request.evidence.write({ ...running, isRefused: true });
    return { again: error };
  }

  /** A job that ended badly may have made its point all the same. Nobody knows what it is worth, and it is ours. */
  private async takeBackOf(attempt: PointAttempt, path: JobPath): Promise<void> {
    const { operation } = this;
    try {
      const late = operation.extended(TAKE_BACK_LIMIT_MS);
      const job = await late.withinTime(STEP, this.subject, operation.host.pollPointJob(path));
      if (job === undefined || jobOutcome(job.jobState) === "running") return;
      if (job.referencePointId === undefined ? !hasFailed(job) : attempt.isFoundByTime || !(await this.destroyAgain(job.referencePointId)))
        return;
      await this.request.evidence.write({ ...attempt, isRefused: true });
    } catch {
      // The operation fails with what came first. The attempt still names the job, and the next run goes on from it.
    }
  }

  /**
   * The attempt's point, once it is listed; undefined where that cannot be told.
   *
   * @param path its job; undefined where the method had made it when it returned
   * @param end what is known to have made it, with the point where that names it; without an end nothing shows that one was made
   */
  private async listed(
    attempt: PointAttempt,
    path: JobPath | undefined,
    end: { readonly job: { readonly referencePointId?: string } } | undefined,
  ): Promise<ReferencePoint | undefined> {
    const { operation, subject, request } = this;
    const { clock } = operation;
    const begun = clock.now();
    let id = end?.job.referencePointId;
    for (let wait = SHORTEST_LISTING_POLL_MS; ; wait = Math.min(wait * 2, LONGEST_LISTING_POLL_MS)) {
      const job = path === undefined || id !== undefined ? undefined : await this.look(path);
      id ??= job?.referencePointId;
      const isVanished = path !== undefined && id === undefined && job === undefined;
      const until = begun + (isVanished ? VANISHED_LIMIT_MS : LISTING_LIMIT_MS);
      const isLate = clock.now() >= until || operation.isOver();
      // A job that is listed will name its point itself.
      if (id === undefined && end && (job === undefined || isLate)) id = await onlyNewPoint(operation, attempt, path);
      const point = id === undefined ? undefined : (await listPoints(operation, attempt)).find((one) => sameId(one.id, id ?? ""));
      if (point && isAnothers(attempt, point)) return undefined;
      if (point) {
        this.latest = { ...attempt, referencePointId: point.id };
        await request.evidence.write(this.latest);
        return point;
      }
      if (isLate) return undefined;
      operation.progress(`waiting for the reference point of ${subject} to be listed`);
      await clock.sleep(Math.min(wait, Math.max(until - clock.now(), 0)));
    }
  }

  private look(path: JobPath): Promise<PointJob | undefined> {
    return this.operation.ask(STEP, this.subject, () => this.operation.host.pollPointJob(path));
  }

  private async notProven(attempt: PointAttempt, id: string | undefined): Promise<ExportError> {
    const come = await newPoints(this.operation, attempt).catch(() => []);
    const names = come.length === 0 ? "no new point is listed" : `new points are ${come.join(", ")}`;
    const reason = id === undefined ? `the host does not tell which point it has made; ${names}` : `${id} was made and is not listed`;
    return new ExportError("reference-point-not-proven", { step: STEP, subject: this.subject, reason });
  }

  private nameUnproven(ids: readonly string[]): void {
    const fresh = ids.filter((id) => !this.named.has(id));
    for (const id of fresh) this.named.add(id);
    if (fresh.length === 0) return;
    const what = fresh.length === 1 ? `The point ${fresh[0]}` : `The points ${fresh.join(", ")}`;
    const which = fresh.length === 1 ? "It is" : "They are";
    this.operation.warn(
      `${what} of ${this.subject} came while an earlier run was making one, and nothing proves whose ${fresh.length === 1 ? "it is" : "they are"}. ${which} left alone, and another one is made. Destroy on the host what is nobody's.`,
    );
  }

  /** A guest whose backup service does not answer makes no point of application consistency, and may make one of the other. */
  private fallBack(error: unknown): Try {
    const { operation, request, subject } = this;
    const isOff = isExportError(error) && error.code === "guest-backup-off";
    if (!isOff || request.consistency !== "application-if-possible" || this.wanted === "crash") throw error;
    this.wanted = "crash";
    operation.warn(`${subject} gets a point that is only crash-consistent: ${error.reason}.`);
    return { again: error };
  }

  /** What was asked for is what is delivered: a weaker point is destroyed again, for it is ours and nobody would know of it. */
  private async lackOf(point: ReferencePoint): Promise<ExportError | undefined> {
    const { operation, subject, request } = this;
    if (point.consistency === "application" || this.wanted === "crash") return undefined;
    const got = point.consistency === "crash" ? "is only crash-consistent" : "does not tell how consistent it is";
    if (request.consistency === "application-if-possible") {
      operation.warn(`The reference point ${point.id} of ${subject} ${got}.`);
      return undefined;
    }
    const isGone = await this.destroyAgain(point.id);
    if (isGone && this.latest) await request.evidence.write(withoutPoint(this.latest));
    const after = isGone ? "it was destroyed again" : "it could not be destroyed again and is left on the host";
    const reason = `the host made ${point.id}, which ${got}; ${after}`;
    const lack = new ExportError("not-application-consistent", { step: STEP, subject, reason });
    if (!isGone) throw lack;
    return lack;
  }

  private async destroyAgain(referencePointId: string): Promise<boolean> {
    const { operation, request } = this;
    const { id: virtualMachineId, name: virtualMachineName } = request.machine;
    // Another run may have taken the point over, and be content with it.
    const onlyIf = request.evidence.condition();
    const key = { virtualMachineId, virtualMachineName, referencePointId, stall: request.stall, onlyIf };
    return destroyInTurn(operation.extended(TAKE_BACK_LIMIT_MS), key).then(
      () => true,
      () => false,
    );
  }
}

/** Of a job that has ended otherwise and names no point yet, one may still be listed. */
function hasFailed({ jobState }: PointJob): boolean {
  const outcome = jobOutcome(jobState);
  return outcome === "failed" || outcome === "terminated";
}

/** Whether a point is what was asked for. */
export function isEnough(consistency: ReferencePoint["consistency"], wanted: Consistency): boolean {
  return consistency === "application" || wanted !== "application";
}

/** Nothing comes of the attempt any more. */
function withoutPoint({ referencePointId: _, ...attempt }: PointAttempt): PointAttempt {
  return { ...attempt, isRefused: true };
}
