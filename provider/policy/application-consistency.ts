import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { fitsPattern } from "../domain/look-ups/name-pattern";
import { leveled } from "./leveled";
import type { ApplicationConsistencyOptions } from "./policy-options";
import { type SeenKind, SeenResource } from "./seen-resource";

/** The argument that asks for it, and what it means when it is left out. */
const asked: Record<SeenKind, { readonly argument: string; readonly default: string }> = {
  export: { argument: "requireConsistency", default: "whatever the point has" },
  chain: { argument: "consistency", default: "application" },
  "export by a checkpoint": { argument: "consistency", default: "application" },
  point: { argument: "consistency", default: "application" },
};

/** Asked for before anything is made, by the machine's name as the program has it. */
export function applicationConsistencyAsked(options: ApplicationConsistencyOptions): ResourceValidationPolicy {
  return leveled(options, {
    name: "hyperv-application-consistency-asked",
    description: `Exports, chains and points of ${options.virtualMachines.join(", ")} ask for application consistency.`,
    validateResource: (args, report) => {
      const seen = SeenResource.of(args);
      if (seen === undefined || !isMeant(seen, options)) return;
      const { argument, default: left } = asked[seen.kind];
      const value = seen.argument(argument) ?? left;
      if (value === "application") return;
      report(`The ${seen.title} may be less than application-consistent (${value}). Give it ${argument}: "application".`);
    },
  });
}

/** Found in what was made, by the machine's name and GUID as the host has told them. A chain's generations do not tell. */
export function applicationConsistencyFound(options: ApplicationConsistencyOptions): StackValidationPolicy {
  return leveled(options, {
    name: "hyperv-application-consistency-found",
    description: `Exports and points of ${options.virtualMachines.join(", ")} are application-consistent.`,
    validateStack: ({ resources }, report) => {
      for (const resource of resources) {
        const seen = SeenResource.of(resource);
        const consistency = seen?.consistency;
        if (seen === undefined || consistency === undefined || consistency === "application" || !isMeant(seen, options)) continue;
        report(
          `The ${seen.title} is of ${consistency === "unknown" ? "unknown" : `${consistency}`} consistency. Make a point that is application-consistent and export that.`,
          resource.urn,
        );
      }
    },
  });
}

function isMeant(seen: SeenResource, { virtualMachines }: ApplicationConsistencyOptions): boolean {
  return virtualMachines.some((pattern) => seen.machineNames.some((name) => fitsPattern(pattern, name)));
}
