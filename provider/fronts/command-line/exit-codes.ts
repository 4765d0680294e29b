/** Stable: scripts and monitoring go by them. */
export const exitCodes = {
  /** What was asked for is so: intact, listed, planned, healthy. */
  fine: 0,
  /** Something is known to be damaged, cannot be restored, or is wrong with a host. It counts more than what could not be looked at. */
  damaged: 1,
  /** Nobody can tell: something could not be looked at, or the command line is wrong. */
  unknown: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
