import type { HostError } from "../port";
import { fault } from "./faults";
import type { Greeting } from "./session/greeting";

/**
 * Why it must not be believed that no job is listed; undefined where it may be. From a token that UAC has filtered, Windows may hide the
 * jobs and nothing else: taken for gone, a running one would be started once more, in the midst of its files.
 * Microsoft Learn, methods of Msvm_ConcreteJob: access "might be restricted by UAC filtering".
 */
export function whyJobsMayBeHidden({ filteredToken, computerName }: Greeting): HostError | undefined {
  if (!filteredToken) return undefined;
  return fault(
    "notElevated",
    `${computerName} shows no job to this account, whose token is not elevated; that does not say that none runs.`,
  );
}
