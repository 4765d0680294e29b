import { returnCodes } from "../../provider/domain/hyperv/return-codes";
import { HostError, type HostErrorKind, hostErrorKinds, type PollRequest } from "../../provider/host/port";
import type { Intervention, PortCall } from "../support/decorated-host";
import type { Ways } from "../support/ground";
import type { Story } from "../support/stories";

/** How a run has to end whose call met a trouble. */
export type End = "well" | "badly" | "either";

/** One thing that goes wrong in one call. */
export interface Trouble<W extends Ways = Ways> {
  readonly name: string;
  /** The call is never answered, so the run ends at its time limit. */
  readonly isEndless?: boolean;
  /** Whether a call can meet it at all. Absent: every call can. */
  readonly happensTo?: (key: string) => boolean;
  /** In the call's place. */
  happen(call: PortCall, run: () => Promise<unknown>, ways: W): Promise<unknown>;
  end(story: Story, key: string): End;
}

const SLOW_MS = 250;

/** Lets the trouble happen wherever `where` says so. */
export function withTrouble<W extends Ways>(trouble: Trouble<W>, where: (call: PortCall) => boolean, ways: W): Intervention {
  return async (call, run) => (where(call) ? trouble.happen(call, run, ways) : run());
}

/** Every item of the call is answered with an error; nothing was done. */
function refused(kind: HostErrorKind): Trouble {
  const isTransient = returnCodes.some((row) => row.transient && row.kind === kind);
  return {
    name: `every item refused with ${kind}`,
    happen: async (call) => refusal(call, new HostError(kind, `the test refuses ${call.method}`)),
    end: (story, key) => {
      // Another run has changed something: there may be nothing left to do.
      if (kind === "preconditionFailed") return "either";
      if (kind === "fileInUse") return /^(exportReferencePoints|poll-jobs|terminateJobs)/.test(key) ? "either" : "well";
      if (kind === "unreachable" || kind === "connectionLost" || (isTransient && isMethod(key))) return "well";
      // A delete does not stop for want of space: it makes some.
      const makesSpace = story.exports === 0 && kind === "noSpace" && key.startsWith("replaceTextFiles");
      return isHelp(key) || makesSpace ? "either" : "badly";
    },
  };
}

/** The call rejects as a whole. `after`: the host has done what was asked all the same. */
function broken(kind: "unreachable" | "connectionLost", after: boolean): Trouble {
  return {
    name: `${kind} ${after ? "after" : "before"} it ran`,
    happen: async (call, run) => {
      if (after) await run();
      throw new HostError(kind, `the test breaks ${call.method}`);
    },
    end: () => "well",
  };
}

const slow: Trouble = {
  name: "slow",
  happen: async (_, run) => {
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    return run();
  },
  end: () => "well",
};

const never: Trouble = {
  name: "never answered",
  isEndless: true,
  happen: () => new Promise(() => {}),
  // Ending a job asks again by itself when it is not answered.
  end: (story, key) => (isHelp(key) || (story.meetsJob && /^(poll-jobs|terminateJobs)/.test(key)) ? "either" : "badly"),
};

export const troubles: readonly Trouble[] = [
  ...hostErrorKinds.map(refused),
  ...(["unreachable", "connectionLost"] as const).flatMap((kind) => [broken(kind, false), broken(kind, true)]),
  slow,
  never,
];

export function isMethod(key: string): boolean {
  return key.startsWith("exportReferencePoints");
}

/** The look ahead only saves calls: the directory itself is asked if it fails. */
function isHelp(key: string): boolean {
  return key.startsWith("surveyDirectories");
}

function refusal({ method, items }: PortCall, error: HostError): unknown {
  const each = (list: readonly unknown[]) => list.map(() => ({ ok: false, error }));
  if (method !== "poll") return each(items as readonly unknown[]);
  const { jobs, pointJobs = [], checkpointJobs = [], tasks } = items as PollRequest;
  return { jobs: each(jobs), pointJobs: each(pointJobs), checkpointJobs: each(checkpointJobs), tasks: each(tasks) };
}
