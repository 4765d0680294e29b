import type { Policy } from "@pulumi/policy";
import type { PolicyLevel } from "./policy-options";

/** The policy with the level that was asked for. */
export function leveled<Made extends Policy>({ enforcementLevel }: PolicyLevel, policy: Made): Made {
  return enforcementLevel === undefined ? policy : { ...policy, enforcementLevel };
}
