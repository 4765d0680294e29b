/** What one scheme says in a WWW-Authenticate header. */
export interface Challenge {
  readonly scheme: string;
  /** The token, where the scheme carries one. */
  readonly token: Buffer | undefined;
}

/** A scheme at the start of a challenge, and the token or the first parameter behind it (RFC 9110, section 11.6.1). */
const CHALLENGE = /(?:^|,)\s*([A-Za-z][\w.!#$%&'*+^`|~-]*)(?:\s+([A-Za-z0-9+/]+=*)(?=\s*(?:,|$)))?(?=\s|,|$)/g;

/** The challenges of all WWW-Authenticate values of an answer. One value may hold several. */
export function readChallenges(values: readonly string[]): Challenge[] {
  return values.flatMap((value) =>
    // One that does not end goes to the end: looking again behind each of its characters takes seconds.
    [...value.replace(/"(?:[^"\\]|\\.?)*(?:"|$)/g, '""').matchAll(CHALLENGE)].map(([, scheme = "", token]) => ({
      scheme,
      token: token === undefined ? undefined : Buffer.from(token, "base64"),
    })),
  );
}

export function challengeOf(scheme: string, values: readonly string[]): Challenge | undefined {
  const named = readChallenges(values).filter((one) => one.scheme.toLowerCase() === scheme.toLowerCase());
  return named.find(({ token }) => token !== undefined) ?? named[0];
}
