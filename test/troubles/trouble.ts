import { HostError, type HostErrorKind, hostErrorKinds, type PollRequest } from "../../provider/host/port";
import type { Intervention, PortCall } from "../support/decorated-host";

/** One thing that goes wrong in one call. */
export type Trouble =
  /** Every item of the call is answered with an error; nothing was done. */
  | { readonly how: "refused"; readonly kind: HostErrorKind }
  /** The call rejects as a whole. `after`: the host has done what was asked all the same. */
  | { readonly how: "broken"; readonly kind: "unreachable" | "connectionLost"; readonly after: boolean }
  | { readonly how: "slow" }
  | { readonly how: "never" };

const SLOW_MS = 250;

export const troubles: readonly Trouble[] = [
  ...hostErrorKinds.map((kind): Trouble => ({ how: "refused", kind })),
  ...(["unreachable", "connectionLost"] as const).flatMap((kind): Trouble[] => [
    { how: "broken", kind, after: false },
    { how: "broken", kind, after: true },
  ]),
  { how: "slow" },
  { how: "never" },
];

export function describeTrouble(trouble: Trouble): string {
  if (trouble.how === "refused") return `every item refused with ${trouble.kind}`;
  if (trouble.how === "broken") return `${trouble.kind} ${trouble.after ? "after" : "before"} it ran`;
  return trouble.how === "slow" ? "slow" : "never answered";
}

/** Lets the trouble happen wherever `where` says so. */
export function withTrouble(trouble: Trouble, where: (call: PortCall) => boolean): Intervention {
  return async (call, run) => {
    if (!where(call)) return run();
    switch (trouble.how) {
      case "refused":
        return refusal(call, new HostError(trouble.kind, `the test refuses ${call.method}`));
      case "broken":
        if (trouble.after) await run();
        throw new HostError(trouble.kind, `the test breaks ${call.method}`);
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
        return run();
      case "never":
        return new Promise(() => {});
    }
  };
}

function refusal({ method, items }: PortCall, error: HostError): unknown {
  const each = (list: readonly unknown[]) => list.map(() => ({ ok: false, error }));
  if (method !== "poll") return each(items as readonly unknown[]);
  const { jobs, tasks } = items as PollRequest;
  return { jobs: each(jobs), tasks: each(tasks) };
}
