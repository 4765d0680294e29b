import type { Answer, ExportJob, Host, PollAnswer, PollRequest } from "../../provider/host/port";

/** One call of the port. `key` names it the same way in every run, however often a job had to be polled. */
export interface PortCall {
  readonly number: number;
  readonly method: string;
  /** The method and how many of it there were: "replaceTextFiles#2". Polls of jobs, of jobs about points, about checkpoints and of tasks count apart. */
  readonly key: string;
  readonly items: unknown;
}

/** What happens in a call's place. `run` makes the call itself; calling it is optional. */
export type Intervention = (call: PortCall, run: () => Promise<unknown>) => Promise<unknown>;

/** Does something once, right after the first call that is meant has been answered. */
export function onceAfter(isMeant: (call: PortCall, answer: unknown) => boolean, act: () => void): Intervention {
  let done = false;
  return async (call, run) => {
    const answer = await run();
    if (!done && isMeant(call, answer)) {
      done = true;
      act();
    }
    return answer;
  };
}

/** A host whose jobs tell something else. */
export function whereJobsTell(change: (job: ExportJob) => ExportJob): Intervention {
  const changed = <T extends Answer<ExportJob | undefined>>(answer: T): T =>
    answer.ok && answer.value ? { ...answer, value: change(answer.value) } : answer;
  return async (call, run) => {
    const answer = await run();
    if (call.method === "poll") return { ...(answer as PollAnswer), jobs: (answer as PollAnswer).jobs.map(changed) };
    if (call.method !== "findExportJobs") return answer;
    return (answer as Answer<ExportJob[]>[]).map((one) => (one.ok ? { ...one, value: one.value.map(change) } : one));
  };
}

/** A host whose every call goes through the intervention first. Closing does not count: it asks for nothing. */
export function decorate(host: Host, intervene: Intervention): Host {
  const seen = new Map<string, number>();
  let number = 0;
  return new Proxy(host, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function" || name === "close") return typeof value === "function" ? value.bind(target) : value;
      return (items: unknown) => {
        const method = String(name);
        const kind = method === "poll" ? kindOfPoll(items as PollRequest) : method;
        const occurrence = (seen.get(kind) ?? 0) + 1;
        seen.set(kind, occurrence);
        const call = { number: ++number, method, key: `${kind}#${occurrence}`, items };
        return intervene(call, () => value.call(target, items) as Promise<unknown>);
      };
    },
  });
}

function kindOfPoll(request: PollRequest): string {
  if ((request.pointJobs ?? []).length > 0) return "poll-points";
  if ((request.checkpointJobs ?? []).length > 0) return "poll-checkpoints";
  return `poll-${request.jobs.length > 0 ? "jobs" : "tasks"}`;
}
