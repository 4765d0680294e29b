import type { Clock } from "../../provider/lifecycle/session/clock";

/** Real time, with short waits: deadlines hold as they stand, back-off and polls take a fifth. */
export const hastyClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 5)),
  random: () => 0.5,
};
