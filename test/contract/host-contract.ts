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

interface Concern {
  readonly prove: (trial: () => CheckpointTrial, manner: ExportManner) => void;
  /** Said where it holds for some manners alone. */
  readonly isOf?: (manner: ExportManner) => boolean;
}

/** What the port promises, concern by concern. */
const concerns = {
  preparation: { prove: prepare },
  "the folder of records": { prove: recordsDirectory },
  "machines and points": { prove: machines },
  ExportReferencePoint: { prove: exportMethod },
  jobs: { prove: (trial, { jobNames }) => jobs(trial, jobNames), isOf: (manner) => manner.exports === "job" },
  "synchronous exports": { prove: synchronousExports, isOf: (manner) => manner.exports === "synchronous" },
  "making and destroying points": { prove: points },
  "jobs about points": { prove: pointJobs, isOf: (manner) => manner.points === "job" },
  "machines for a probe": { prove: testMachines },
  checkpoints: { prove: checkpoints },
  "jobs about checkpoints": { prove: checkpointJobs, isOf: (manner) => manner.checkpoints === "job" },
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
      if (concern === "files") continue;
      const { prove, isOf }: Concern = concerns[concern];
      if (isOf?.(manner) ?? true) describe(concern, () => prove(trial, manner));
    }
  });
  if (only.includes("files")) fileContract(name, open);
}
