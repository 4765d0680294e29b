const exportsAgain = "exports again and swaps the files";
const rewrites = "reads every file and, if all are well, writes the records anew";
const unlessOthers = `${rewrites}; refuses a directory without a claim that holds files of another export`;

/**
 * What refresh can find wrong with an export, and what the next up does about it. `ofRecords`: the files may all be well, so writing the
 * records anew may be enough.
 */
export const problemTable = {
  "file-missing": { meaning: "A file of the manifest is not there.", ofRecords: false, nextUp: exportsAgain },
  "file-resized": { meaning: "A file has another size than the manifest says.", ofRecords: false, nextUp: exportsAgain },
  "file-replaced": {
    meaning: "A folder or link stands where a file should be.",
    ofRecords: false,
    nextUp: "refuses until what stands there has been moved away",
  },
  "file-altered": {
    meaning: "A file's SHA-256 is another than the manifest says (level content).",
    ofRecords: false,
    nextUp: exportsAgain,
  },
  "manifest-missing": { meaning: "The manifest is not there.", ofRecords: true, nextUp: rewrites },
  "manifest-unreadable": { meaning: "The manifest is no manifest.", ofRecords: true, nextUp: rewrites },
  "manifest-altered": { meaning: "The manifest is not the one that was written.", ofRecords: true, nextUp: rewrites },
  "manifest-of-another-export": { meaning: "The manifest describes another export.", ofRecords: true, nextUp: unlessOthers },
  "claim-missing": {
    meaning: "The claim is not there, so another resource could take the directory.",
    ofRecords: true,
    nextUp: unlessOthers,
  },
  "claim-unreadable": { meaning: "The claim is no claim.", ofRecords: true, nextUp: unlessOthers },
  "claim-of-another-export": {
    meaning: "Another export has claimed the directory.",
    ofRecords: false,
    nextUp: "refuses: the directory is no longer this resource's; takes it back from a replacement of this resource that was stopped",
  },
  "repair-unfinished": { meaning: "A repair was interrupted.", ofRecords: false, nextUp: "goes on with the repair" },
  "export-unfinished": { meaning: "The export was interrupted.", ofRecords: false, nextUp: "goes on with the export" },
} as const satisfies Readonly<Record<string, { meaning: string; ofRecords: boolean; nextUp: string }>>;

export type ProblemCode = keyof typeof problemTable;

export interface Problem {
  readonly code: ProblemCode;
  /** Relative path of the file concerned, where there is one. */
  readonly path?: string;
  /** Got and expected, in words. */
  readonly detail?: string;
}

/** More would bloat the state; the count says that there are more. */
const MOST_LISTED = 20;

/** The sentences that the output `problems` lists. */
export function describeProblems(problems: readonly Problem[]): string[] {
  const listed = problems.slice(0, MOST_LISTED).map(({ code, path, detail }) => {
    const subject = path === undefined ? "" : `: ${path}`;
    return `${code}${subject}${detail === undefined ? "" : `: ${detail}`}`;
  });
  const rest = problems.length - listed.length;
  return rest > 0 ? [...listed, `and ${rest} more`] : listed;
}

export function isOfRecordsOnly(problems: readonly Problem[]): boolean {
  return problems.every(({ code }) => problemTable[code].ofRecords);
}
