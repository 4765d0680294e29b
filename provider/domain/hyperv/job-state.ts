/** Values of CIM_ConcreteJob.JobState (DMTF), and 32768, which Hyper-V uses for "completed with warnings" without documenting it. */
export const jobStates = {
  new: 2,
  starting: 3,
  running: 4,
  suspended: 5,
  shuttingDown: 6,
  completed: 7,
  terminated: 8,
  killed: 9,
  exception: 10,
  service: 11,
  completedWithWarnings: 32768,
} as const;

export type JobOutcome = "running" | "succeeded" | "terminated" | "failed";

export function jobOutcome(jobState: number): JobOutcome {
  switch (jobState) {
    case jobStates.completed:
    case jobStates.completedWithWarnings:
      return "succeeded";
    case jobStates.terminated:
    case jobStates.killed:
      return "terminated";
    case jobStates.exception:
      return "failed";
    case jobStates.new:
    case jobStates.starting:
    case jobStates.running:
    case jobStates.suspended:
    case jobStates.shuttingDown:
    case jobStates.service:
      return "running";
    default:
      // An unknown state is no end: the stall timeout decides.
      return "running";
  }
}
