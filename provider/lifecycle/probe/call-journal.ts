import type { ProbeReport } from "../../domain/probe/probe-report";
import type { ProbeStep } from "../../domain/probe/probe-steps";
import { type Answer, type Host, HostError, type JobPath, type MethodCall } from "../../host/port";

/** The methods behind the verbs, of which a report tells. Those of the machine itself tell their own calls. */
const methods = {
  createReferencePoints: "CreateReferencePoint",
  exportReferencePoints: "ExportReferencePoint",
  destroyReferencePoints: "DestroyReferencePoint",
  terminateJobs: "RequestStateChange",
} as const;

const JOB_STARTED = 4096;

/** Stands before a host and writes down what was called and how that ended. */
export class CallJournal {
  readonly calls: ProbeReport["calls"] = [];
  readonly jobs: { readonly step: ProbeStep; readonly path: JobPath }[] = [];
  /** What a cancelled job told while it ran. */
  readonly running: ProbeReport["instances"] = [];
  step: ProbeStep = "look";
  private stage: "making" | "stopped" | "removing" = "making";

  /** A person has had enough: whatever is still asked is refused, until all is to be put in order. That is never stopped. */
  stop(): void {
    if (this.stage === "making") this.stage = "stopped";
  }

  /** From now on all that is asked is to put things in order. */
  remove(): void {
    this.stage = "removing";
  }

  /** The host as the lifecycle is to have it. */
  around(host: Host): Host {
    return new Proxy(host, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (this.stage === "stopped" && name !== "close") return Promise.reject(new HostError("unusable", "The probe was stopped."));
          const answered = Reflect.apply(member, target, args) as unknown;
          return name in methods ? this.noted(target, name as keyof typeof methods, answered as Promise<Answer<unknown>[]>) : answered;
        };
      },
    });
  }

  /** Calls that a verb has told of itself. */
  add(calls: readonly MethodCall[]): void {
    for (const call of calls) this.calls.push({ step: this.step, ...call });
  }

  private async noted(host: Host, verb: keyof typeof methods, answering: Promise<Answer<unknown>[]>): Promise<Answer<unknown>[]> {
    const { step } = this;
    const begun = performance.now();
    const answers = await answering.catch((error: unknown) => {
      this.calls.push({ step, method: methods[verb], failure: kindOf(error), milliseconds: since(begun) });
      throw error;
    });
    for (const answer of answers) {
      const call = { step, method: methods[verb], milliseconds: since(begun) };
      if (!answer.ok) {
        const { kind, details } = answer.error;
        this.calls.push(details.returnCode === undefined ? { ...call, failure: kind } : { ...call, returnCode: details.returnCode });
        continue;
      }
      const path = jobOf(answer.value);
      const jobClass = path && classOf(path);
      this.calls.push({ ...call, returnCode: path === undefined ? 0 : JOB_STARTED, ...(jobClass && { jobClass }) });
      if (path === undefined) continue;
      this.jobs.push({ step, path });
      if (step === "cancelledExport" && verb === "exportReferencePoints") await this.cancel(host, path);
    }
    return answers;
  }

  /** At once, before the lifecycle has its answer: so small an export would be over by then. */
  private async cancel(host: Host, path: JobPath): Promise<void> {
    const [told] = await host.readInstances([{ kind: "job", path }]);
    const [ended] = await this.noted(host, "terminateJobs", host.terminateJobs([path]));
    if (told?.ok && told.value) this.running.push(instanceOf(this.step, "job", "running", told.value));
    if (ended && !ended.ok) throw ended.error;
  }
}

export function instanceOf(
  step: ProbeStep,
  of: "job" | "point",
  moment: "running" | "ended",
  { className, properties }: { readonly className: string; readonly properties: Readonly<Record<string, unknown>> },
): ProbeReport["instances"][number] {
  return { step, of, moment, className, properties: properties as ProbeReport["instances"][number]["properties"] };
}

function jobOf(value: unknown): JobPath | undefined {
  return typeof value === "object" && value !== null && "path" in value ? String(value.path) : undefined;
}

/** \\SERVER\root\virtualization\v2:Class.Key="value" */
function classOf(path: JobPath): string | undefined {
  return /:(\w+)\./.exec(path)?.[1];
}

function kindOf(error: unknown): string {
  return error instanceof HostError ? error.kind : "failed";
}

function since(begun: number): number {
  return Math.round(performance.now() - begun);
}
