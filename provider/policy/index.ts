// Types apart from values: a compiler older than TypeScript 4.5 reads no `type` within braces.

export { hypervBackupPolicies } from "./backup-policies";
export type {
  ApplicationConsistencyOptions,
  HypervBackupPolicyOptions,
  KeptOnDestroyOptions,
  NewestGenerationOptions,
  OwnVolumeOptions,
  PolicyLevel,
  VerifiedByContentOptions,
} from "./policy-options";
