import { unfitArguments, unfitList, unfitText } from "../../domain/values/unfit-arguments";
import { HostError } from "../port";

/** For scripts in plain JavaScript: what a call of the simulator cannot do without is refused by name where it is not given. */
export function requireMembers(call: string, given: unknown, needed: readonly string[]): void {
  refuse(call, unfitArguments(given, needed));
}

export function requireText(call: string, given: unknown, name: string): void {
  refuse(call, unfitText(given, name));
}

export function requireList(call: string, given: unknown, name: string): void {
  refuse(call, unfitList(given, name));
}

function refuse(call: string, reason: string | undefined): void {
  if (reason !== undefined) throw new HostError("invalidParameter", `${call}: ${reason}.`);
}
