import type { Host, PollRequest } from "../../provider/host/port";

/** One call of the port. `key` names it the same way in every run, however often a job had to be polled. */
export interface PortCall {
  readonly number: number;
  readonly method: string;
  /** The method and how many of it there were: "replaceTextFiles#2". Polls of jobs and of tasks count apart. */
  readonly key: string;
  readonly items: unknown;
}

/** What happens in a call's place. `run` makes the call itself; calling it is optional. */
export type Intervention = (call: PortCall, run: () => Promise<unknown>) => Promise<unknown>;

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
  return `poll-${request.jobs.length > 0 ? "jobs" : "tasks"}`;
}
