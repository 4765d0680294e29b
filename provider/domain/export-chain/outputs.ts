import type { OutputTable } from "../property-table";
import type { ChainGeneration } from "./chain-record";
import type { FullReason } from "./generation/generation-plan";
import { type ChainInputs, chainProperties } from "./properties";

/** The outputs of ExportChain, beside its arguments. */
export const chainOutputs = {
  chainId: { type: "string", meaning: "Identity of the chain: the resource's id, and the word in its record." },
  virtualMachineId: { type: "string", meaning: "GUID of the machine." },
  virtualMachineName: { type: "string", meaning: "Its name when the newest generation was made." },
  generations: {
    type: "ChainGeneration[]",
    meaning: "Every generation, oldest first: label, madeAt, kind, bytes, and its condition when it was last looked at.",
  },
  restorable: { type: "string[]", meaning: "Labels of the generations that can be restored." },
  newest: { type: "string | undefined", meaning: "Label of the newest generation." },
  reason: { type: "string | undefined", meaning: "Why the newest generation is a full one; none for a differential one." },
  referencePointId: { type: "string | undefined", meaning: "The point of the newest generation, which is the next one's base." },
  totalBytes: { type: "number", unit: "bytes", meaning: "Sum of all generations." },
  status: {
    type: '"intact" | "damaged" | "incomplete"',
    meaning:
      "Damaged: the newest generation cannot be restored, and the next up makes a new full one. Incomplete: the next up has something to finish.",
  },
  problems: { type: "string[]", meaning: "What is wrong, a sentence each, with a code in front." },
  warnings: { type: "string[]", meaning: "What is no damage but worth knowing: foreign files, and what exports warn of." },
} as const satisfies OutputTable;

export type ChainStatus = "intact" | "damaged" | "incomplete";

/** What the record vouches for of the newest generation, where an output tells it. */
export type NewestGeneration = Pick<ChainGeneration, "checkpointId" | "baseReferencePointId" | "consistency" | "manifestSha256">;

/** What the state keeps of a chain: the arguments, and how it stood when it was last looked at. */
export type ChainState = ChainInputs & {
  readonly chainId: string;
  readonly virtualMachineId?: string;
  readonly virtualMachineName?: string;
  /** A line each, as `generationLine` writes them. */
  readonly generations: readonly string[];
  readonly reason?: FullReason;
  readonly referencePointId?: string;
  readonly newestGeneration?: NewestGeneration;
  readonly status: ChainStatus;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** The machine that held the chain when it was last looked at, as it calls itself; none for a simulator. */
  readonly hostMachineId?: string;
  /** Which portion the next refresh with level "content" reads. */
  readonly nextPortion?: number;
  /** Files whose content was found altered, "label/path": read again by each refresh. */
  readonly alteredFiles?: readonly string[];
};

/** The arguments alone. */
export function inputsOfState(state: ChainState): ChainInputs {
  return Object.fromEntries(Object.entries(state).filter(([name]) => isArgument(name))) as unknown as ChainInputs;
}

function isArgument(name: string): boolean {
  return name === "baseReferencePoint" || (Object.hasOwn(chainProperties, name) && name !== "status" && name !== "problems");
}
