import type { HostReport } from "../domain/look-ups/host-report";
import type { HostQuery } from "../domain/look-ups/look-up-results";
import { checkInSteps, type StepWatch } from "./look-up/check-in-steps";
import { type Asked, LookUps } from "./look-ups";

/** The door for the check of a host step by step, for a person who waits. It stands apart, so that no program loads it with its look-ups. */
export class HostChecks extends LookUps {
  /**
   * Each step has a time of its own, and one that fails is not tried again.
   *
   * @param asked as `checkHost` is asked; `timeout` is the time of one step
   */
  async check(asked: Asked, watch: StepWatch): Promise<HostReport> {
    const query = this.checked("checkHost", asked) as unknown as HostQuery;
    return checkInSteps(() => this.begin(query, "the limit of a step", { connectionTries: 1 }), query.directories, watch);
  }
}
