/** A path taken apart. Its normal form is the prefix, then the parts with the style's separator between them. */
export interface SplitPath {
  /** True when the prefix is a whole root: a drive, a share, the POSIX root. */
  readonly absolute: boolean;
  readonly prefix: string;
  /** Never empty strings: repeated and trailing separators are gone. */
  readonly parts: readonly string[];
}

/** What no name may contain on any platform, as ends of a sentence. */
export function characterProblems(name: string): string[] {
  const problems: string[] = [];
  if (/\p{Cc}/u.test(name)) problems.push("contains a control character");
  // Such text cannot be written as UTF-8: what reaches the host, or comes back from it, would be another name.
  if (/\p{Cs}/u.test(name)) problems.push("contains half of a surrogate pair");
  return problems;
}

/** One sentence a kind of problem, about the first part that has it: bounded however long the path, and without echoing it. */
export function partProblems(parts: readonly string[], problemsOf: (name: string) => string[]): string[] {
  const sentences = new Map<string, string>();
  parts.forEach((part, index) => {
    for (const problem of problemsOf(part)) {
      if (!sentences.has(problem)) sentences.set(problem, `Part ${index + 1} of the path ${problem}.`);
    }
  });
  return [...sentences.values()];
}
