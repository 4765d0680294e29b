/** How long after it was written down a call may still start its job: WMI gives a method up after that. */
const LONGEST_CALL_MS = 120_000;
/** The same where the record has been written anew since: what had looked at it by then has only to call. */
const OVERTAKEN_CALL_MS = 10_000;
/** Nothing is lost by a clock that is set back a little meanwhile: what was listed before the call is known by its path. */
const CLOCK_SLIP_MS = 5000;

/** When a call was written down, by the host's clock, and when another run has written it anew. */
export interface AnnouncedCall {
  readonly hostTime: string;
  readonly overtakenAt?: string | undefined;
}

/** Whether a moment, by the host's clock, is one at which the call may have begun its work, however far our clock is off. */
export function mayHaveBegun(moment: string, { hostTime, overtakenAt }: AnnouncedCall): boolean {
  const [written, begun] = [Date.parse(hostTime), Date.parse(moment)];
  const overtaken = overtakenAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(overtakenAt) + OVERTAKEN_CALL_MS;
  return begun >= written - CLOCK_SLIP_MS && begun <= Math.min(written + LONGEST_CALL_MS, overtaken);
}
