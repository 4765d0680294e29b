import { z } from "zod";

/** What a violation does. Default: what the pack says, which is "advisory" unless it says otherwise. */
export interface PolicyLevel {
  /** "advisory": a warning. "mandatory": the preview, or the up, fails. */
  readonly enforcementLevel?: "advisory" | "mandatory" | "disabled" | undefined;
}

/** Exports and chains are protected (resource option `protect`), or destroy leaves their files (`onDestroy: "keep"`). */
export type KeptOnDestroyOptions = PolicyLevel;

/** Exports do not lie on a volume of the machine that they are of. */
export interface OwnVolumeOptions extends PolicyLevel {
  /**
   * The volumes that hold machines, by the machines' names or GUIDs as the program declares them; "*" in a name stands for any characters,
   * "?" for one, letter case does not matter. A volume is a drive ("D:"), a Cluster Shared Volume ("C:\\ClusterStorage\\Volume1"), a share or any
   * other folder. Default: none; then only the volumes of disks that `disksToExport` or `disks` names by path are known.
   */
  readonly volumes?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Refresh reads the content of every file, all of it within so many days. */
export interface VerifiedByContentOptions extends PolicyLevel {
  /** Within how many days every file is to be read once. */
  readonly days: number;
  /** How many days lie between two refreshes. A policy cannot see when refreshes run. Default 1. */
  readonly daysBetweenRefreshes?: number | undefined;
}

/** Exports, points and chains of certain machines are application-consistent: declared so, and found so. */
export interface ApplicationConsistencyOptions extends PolicyLevel {
  /** Names or GUIDs of the machines; "*" stands for any characters, "?" for one, letter case does not matter. */
  readonly virtualMachines: readonly string[];
}

/** The newest backup of each machine in the stack that can be restored is no older than so many hours. */
export interface NewestGenerationOptions extends PolicyLevel {
  /** The greatest age, in hours. Leave some room for a run that takes longer: 26 for a nightly one. */
  readonly hours: number;
}

/** Which policies {@link hypervBackupPolicies} makes. One that is left out is not made. */
export interface HypervBackupPolicyOptions {
  readonly keptOnDestroy?: KeptOnDestroyOptions | undefined;
  readonly ownVolume?: OwnVolumeOptions | undefined;
  readonly verifiedByContent?: VerifiedByContentOptions | undefined;
  readonly applicationConsistency?: ApplicationConsistencyOptions | undefined;
  readonly newestGeneration?: NewestGenerationOptions | undefined;
}

const level = { enforcementLevel: z.enum(["advisory", "mandatory", "disabled"]).optional() };
const text = z.string().min(1, "must not be empty");
const amount = z.number().positive("must be more than 0");

const options = z.strictObject({
  keptOnDestroy: z.strictObject(level).optional(),
  ownVolume: z.strictObject({ ...level, volumes: z.record(text, z.array(text).min(1, "must name a volume")).optional() }).optional(),
  verifiedByContent: z.strictObject({ ...level, days: amount, daysBetweenRefreshes: amount.optional() }).optional(),
  applicationConsistency: z
    .strictObject({ ...level, virtualMachines: z.array(text).min(1, 'must name a machine, or be ["*"] for all of them') })
    .optional(),
  newestGeneration: z.strictObject({ ...level, hours: amount }).optional(),
});

/** @throws Error that names each option that will not do: a policy pack shows it and does not start. */
export function requireOptions(given: unknown): void {
  const { error, data } = options.safeParse(given);
  const wrong = error?.issues.map(({ path, message }) => `${path.length === 0 ? "the options" : path.join(".")}: ${message}`);
  if (wrong) throw new Error(`hypervBackupPolicies cannot make the policies: ${wrong.join("; ")}. Correct what is named.`);
  if (Object.values(data ?? {}).every((one) => one === undefined))
    throw new Error("hypervBackupPolicies was given no policy to make. Name one, such as { keptOnDestroy: {} }.");
}
