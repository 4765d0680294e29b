/** What can be wrong with a chain, and what the next up does about it. */
export const chainProblemTable = {
  "generation-damaged": {
    meaning: "Files or the manifest of a generation are not what they were.",
    nextUp: "makes a full generation, if it is the newest one or one that the newest continues; what else can be restored is kept",
  },
  "generation-gone": {
    meaning: "The directory of a generation is not there.",
    nextUp: "makes a full generation, if it is the newest one or one that the newest continues; what else can be restored is kept",
  },
  "base-missing": {
    meaning: "A generation that is intact continues one that is gone.",
    nextUp: "makes a full generation, if it is the newest one",
  },
  "base-changed": {
    meaning: "A generation that is intact continues one that is not what it was then.",
    nextUp: "makes a full generation, if it is the newest one",
  },
  "generation-unfinished": { meaning: "A generation was begun and not finished.", nextUp: "goes on with it" },
  "removal-unfinished": { meaning: "Generations were given up by retention and are not removed yet.", nextUp: "removes them" },
  "point-left": { meaning: "A point of the chain that no generation needs is not destroyed yet.", nextUp: "destroys it" },
  "checkpoint-left": {
    meaning: "A recovery checkpoint of the chain stands: until it is gone, the machine writes into files that grow.",
    nextUp: "converts it if its export is whole, or goes on with it, or removes it",
  },
  "record-missing": { meaning: "The chain's record is not there.", nextUp: "refuses until it is put back" },
  "record-unreadable": { meaning: "The chain's record is no record of a chain.", nextUp: "refuses until it is put back" },
  "record-of-another-chain": {
    meaning: "The directory is another chain's by now.",
    nextUp: "refuses; takes it back from a replacement of this resource that was stopped",
  },
} as const satisfies Readonly<Record<string, { meaning: string; nextUp: string }>>;

export type ChainProblemCode = keyof typeof chainProblemTable;

/** More would bloat the state; the count says that there are more. */
const MOST_LISTED = 20;

export interface ChainProblem {
  readonly code: ChainProblemCode;
  /** A label, a point, a sentence. */
  readonly detail: string;
}

/** The sentences that the output `problems` lists. */
export function describeChainProblems(problems: readonly ChainProblem[]): string[] {
  const listed = problems.slice(0, MOST_LISTED).map(({ code, detail }) => `${code}: ${detail}`);
  const rest = problems.length - listed.length;
  return rest > 0 ? [...listed, `and ${rest} more`] : listed;
}
