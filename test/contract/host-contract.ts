import { afterAll, beforeAll, describe } from "vitest";
import { checkpointJobs } from "./checkpoint-jobs";
import { CheckpointTrial } from "./checkpoint-trial";
import { checkpoints } from "./checkpoints";
import { exportMethod } from "./export-method";
import { fileContract } from "./file-contract";
import { jobs } from "./jobs";
import { machines } from "./machines";
import { pointJobs } from "./point-jobs";
import { points } from "./points";
import { prepare } from "./prepare";
import { recordsDirectory } from "./records-directory";
import type { ContractStage, ExportManner } from "./stage";
import { synchronousExports } from "./synchronous-exports";
import { testMachines } from "./test-machines";

type Concern = (trial: () => CheckpointTrial, manner: ExportManner) => void;

/** What the port promises, concern by concern. Some hold for a manner alone. */
const concerns = {
  preparation: prepare,
  "the folder of records": recordsDirectory,
  "machines and points": machines,
  ExportReferencePoint: exportMethod,
  jobs: (trial, { exports, jobNames }) => {
    if (exports === "job") jobs(trial, jobNames);
  },
  "synchronous exports": (trial, { exports }) => {
    if (exports === "synchronous") synchronousExports(trial);
  },
  "making and destroying points": points,
  "jobs about points": (trial, manner) => {
    if (manner.points === "job") pointJobs(trial);
  },
  "machines for a probe": testMachines,
  checkpoints,
  "jobs about checkpoints": (trial, manner) => {
    if (manner.checkpoints === "job") checkpointJobs(trial);
  },
} as const satisfies Record<string, Concern>;

export type ConcernName = keyof typeof concerns | "files";

/**
 * The Host port's promises, for any adapter. `open` makes a stage anew each time.
 *
 * @param only what is tried of them; all
 */
export function hostContract(
  name: string,
  manner: ExportManner,
  open: () => Promise<ContractStage>,
  only: readonly ConcernName[] = [...(Object.keys(concerns) as ConcernName[]), "files"],
): void {
  describe(`host contract: ${name}`, () => {
    let current: CheckpointTrial;
    const trial = () => current;
    beforeAll(async () => {
      current = new CheckpointTrial(await open());
    });
    afterAll(() => current.stage.dispose());

    for (const concern of only) {
      if (concern !== "files") describe(concern, () => concerns[concern](trial, manner));
    }
  });
  if (only.includes("files")) fileContract(name, open);
}
