import type { ProbeReport } from "./probe-report";
import { probeExports } from "./probe-steps";

const NOT_TRIED_TWO = "It would take a second machine, or a replica, and is not tried.";
const OF_A_REPLICA = "Only a replica has log-based points; none is made.";

/** What of a real host no public source tells. A probe answers what it can. */
export const probeFacts = {
  "full-files": "Which files and folders an export without a base writes, of a point by resilient change tracking",
  "differential-files": "Which it writes with a base",
  "log-point-files": "Which it writes of a log-based point",
  "empty-directory": "Whether it takes a directory in which nothing but the claim is",
  "absent-directory": "What it does where the directory is not there",
  overwriting: "What it does where files of those names are",
  "empty-settings": "Whether it takes settings without a member",
  "job-class": "Of which class its job is",
  "job-cancellable": "What Cancellable says of it",
  "after-terminate": "What a terminated job leaves",
  "point-id": "Whether ReferencePointId of its job is the point's InstanceID",
  "rct-point-type": "What ReferencePointType says of a point by resilient change tracking",
  "log-point-type": "What it says of a log-based one",
  "foreign-base": "Whether a base of another type or machine is refused at once or by the job, and with which code",
  "base-destroyed": "What becomes of the later points when a base is destroyed",
  "rct-ids": "How the ids of resilient change tracking look",
} as const;

export type ProbeFact = keyof typeof probeFacts;
export const probeFactNames = Object.keys(probeFacts) as [ProbeFact, ...ProbeFact[]];

type Seen = Omit<ProbeReport, "facts">;

/** What was seen of each; undefined where the probe has not come so far. */
export function settledFacts(seen: Seen): ProbeReport["facts"] {
  return probeFactNames.map((fact) => {
    const { answer, settled } = answers[fact](seen);
    return {
      fact,
      question: probeFacts[fact],
      settled: settled ?? answer !== undefined,
      answer: answer ?? "The probe has not come so far.",
    };
  });
}

interface Answered {
  readonly answer: string | undefined;
  readonly settled?: false;
}

const answers: Readonly<Record<ProbeFact, (seen: Seen) => Answered>> = {
  "full-files": (seen) => ({ answer: filesOf(seen, "fullExport") }),
  "differential-files": (seen) => ({ answer: filesOf(seen, "differentialExport") }),
  "log-point-files": () => ({ answer: OF_A_REPLICA, settled: false }),
  "empty-directory": (seen) => ({ answer: startOf(seen, "fullExport") }),
  "absent-directory": () => ({ answer: "Nobody could prove whose files come into it; not tried.", settled: false }),
  overwriting: () => ({ answer: "Nothing that is there is ever put at risk; not tried.", settled: false }),
  "empty-settings": (seen) => ({ answer: startOf(seen, "fullExport") }),
  "job-class": ({ calls }) => {
    const call = calls.find(({ method, returnCode }) => method === "ExportReferencePoint" && returnCode !== undefined);
    return { answer: call && (call.jobClass ?? `It answered ${call.returnCode} and started none.`) };
  },
  "job-cancellable": ({ instances }) => {
    const jobs = exportJobs(instances).map(({ step, moment, properties }) => `${step}, ${moment}: ${properties.Cancellable ?? "no value"}`);
    return { answer: jobs.join("; ") || undefined };
  },
  "after-terminate": ({ exports }) => {
    const cancelled = exports.find(({ step }) => step === "cancelledExport");
    if (cancelled === undefined) return { answer: undefined };
    if (cancelled.endedWith === undefined) return { answer: "The export was over before it was cancelled.", settled: false };
    return { answer: `It ended as ${cancelled.endedWith}, and left ${filesIn(cancelled)}.` };
  },
  "point-id": ({ instances }) => {
    const [job] = exportJobs(instances);
    if (job === undefined) return { answer: undefined };
    const told = job.properties.ReferencePointId;
    const ids = instances.filter(({ of }) => of === "point").map(({ properties }) => properties.InstanceID);
    return { answer: told === undefined ? "Its job does not tell it." : ids.includes(told) ? "They are the same." : `It is ${told}.` };
  },
  "rct-point-type": ({ instances }) => ({ answer: textOf(pointOf(instances)?.ReferencePointType) }),
  "log-point-type": () => ({ answer: OF_A_REPLICA, settled: false }),
  "foreign-base": () => ({ answer: NOT_TRIED_TWO, settled: false }),
  "base-destroyed": ({ afterBaseDestroyed }) => ({
    answer:
      afterBaseDestroyed &&
      (afterBaseDestroyed.laterPointIsListed
        ? `The later one is listed still${afterBaseDestroyed.isUnchanged ? ", unchanged" : ", changed"}.`
        : "The later one is gone, too."),
  }),
  "rct-ids": ({ instances }) => ({ answer: textOf(pointOf(instances)?.ResilientChangeTrackingIdentifiers) }),
};

function pointOf(instances: Seen["instances"]) {
  return instances.find(({ of }) => of === "point")?.properties;
}

function exportJobs(instances: Seen["instances"]): Seen["instances"] {
  return instances.filter(({ of, step }) => of === "job" && step in probeExports);
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function filesOf({ exports }: Seen, step: string): string | undefined {
  const found = exports.find((one) => one.step === step);
  return found && filesIn(found);
}

function filesIn({ entries }: Seen["exports"][number]): string {
  return entries.map(({ path, bytes, kind }) => (kind === "file" ? `${path} (${bytes})` : `${path}/`)).join(", ") || "nothing";
}

function startOf({ calls }: Seen, step: string): string | undefined {
  const call = calls.find((one) => one.step === step && one.method === "ExportReferencePoint");
  return call && `It answered ${call.returnCode ?? call.failure}.`;
}
