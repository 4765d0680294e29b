import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { applicationConsistencyAsked, applicationConsistencyFound } from "./application-consistency";
import { keptOnDestroy } from "./kept-on-destroy";
import { newestGeneration } from "./newest-generation";
import { ownVolume } from "./own-volume";
import { type HypervBackupPolicyOptions, requireOptions } from "./policy-options";
import { verifiedByContent } from "./verified-by-content";

/**
 * Policies for backups, for a policy pack of your own: `new PolicyPack("backups", { policies: hypervBackupPolicies({ keptOnDestroy: {} }) })`.
 * They look at ReferencePointExport, CheckpointExport, ExportChain and ReferencePoint, and at nothing else of a stack.
 *
 * @param options which policies, and by what measure; one that is left out is not made
 * @throws Error that names each option that will not do
 */
export function hypervBackupPolicies(options: HypervBackupPolicyOptions): (ResourceValidationPolicy | StackValidationPolicy)[] {
  requireOptions(options);
  const { keptOnDestroy: kept, ownVolume: volume, verifiedByContent: verified, applicationConsistency, newestGeneration: newest } = options;
  return [
    ...(kept ? [keptOnDestroy(kept)] : []),
    ...(volume ? [ownVolume(volume)] : []),
    ...(verified ? [verifiedByContent(verified)] : []),
    ...(applicationConsistency
      ? [applicationConsistencyAsked(applicationConsistency), applicationConsistencyFound(applicationConsistency)]
      : []),
    ...(newest ? [newestGeneration(newest)] : []),
  ];
}
