/**
 * A text file as it was when a change was decided on. A run that was stopped for hours and goes on must not change what another one has
 * made meanwhile. Between this look and the change there is a moment that no host closes.
 */
export interface Precondition {
  readonly directory: string;
  /** Relative path. */
  readonly path: string;
  /** SHA-256 of the text as `readDirectories` tells it, lower-case hexadecimal; undefined: there was none. */
  readonly sha256: string | undefined;
}

export interface Conditional {
  readonly onlyIf?: Precondition;
}
