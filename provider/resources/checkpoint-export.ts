import * as pulumi from "@pulumi/pulumi";
import { generationOfLine } from "../domain/export-chain/generation/generation-line";
import { CHECKPOINT_EXPORT_TYPE } from "../domain/records/owner-text";
import type { CheckpointExportArgs, CheckpointExportState } from "./checkpoint-export-args";
import { declaration } from "./declaration";
import type { ChainGeneration } from "./export-chain";
import { requireCheckpointExportArguments, requireGetCheckpointExportArguments } from "./given/given-arguments";
import { lookAheadFor } from "./preview";
import { checkpointExportText } from "./provider-text";

/** What the state keeps of an export, and what a mock answers with: of the outputs below, those that are known. */
interface Result {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
  /** One line, as `generationLine` of the domain writes it; a mock need not know of that. None where nothing was made yet. */
  readonly generations: readonly (string | ChainGeneration)[];
  readonly referencePointId?: string;
  readonly newestGeneration?: {
    readonly checkpointId?: string;
    readonly baseReferencePointId?: string;
    readonly consistency?: "application" | "crash" | "unknown";
    readonly manifestSha256?: string;
  };
  readonly status: "intact" | "damaged" | "incomplete";
  /** None where there is none. */
  readonly problems?: string[];
  readonly warnings?: string[];
}

/**
 * "A backup of this virtual machine, by a recovery checkpoint, is in this directory of this host."
 *
 * `pulumi up` makes it true: CreateSnapshot of Msvm_VirtualSystemSnapshotService, ExportSystemDefinition of the checkpoint, the files
 * verified, then ConvertToReferencePoint. It is kept as an {@link ExportChain} of one generation. `pulumi refresh` tells whether it is still
 * true, and the next up makes a damaged one anew. `pulumi destroy` removes what was exported, the point, and nothing else. Whatever ends an
 * up early, no checkpoint of ours stays on the machine.
 */
export class CheckpointExport extends pulumi.CustomResource {
  /** The directory, as declared. */
  declare readonly exportDirectory: pulumi.Output<string>;
  /** All that the export came to. Each property that a resource is given costs its program 9 KiB, read or not: so it is one. */
  declare private readonly result: pulumi.Output<Partial<Result> | undefined>;

  /**
   * @param name Unique among the resources of this type in the stack. With stack and project it owns the export directory, so a
   *   renamed resource needs an alias.
   * @param opts `import` and `customTimeouts` do not work for dynamic resources: see `onExisting` and `timeouts`.
   */
  constructor(name: string, args: CheckpointExportArgs, opts?: pulumi.CustomResourceOptions) {
    requireCheckpointExportArguments({ name, args, opts, prototype: CheckpointExport.prototype });
    const { given, properties } = declaration(name, CHECKPOINT_EXPORT_TYPE, checkpointExportText, args, opts?.parent);
    super(CHECKPOINT_EXPORT_TYPE, name, properties, opts ?? undefined);
    lookAheadFor(this, "checkpointExport", given, opts);
  }

  /** Identity of the export: the resource's id, and the word in its record. */
  get exportId(): pulumi.Output<string> {
    return this.id;
  }
  /** GUID of the machine (Msvm_ComputerSystem.Name). */
  get virtualMachineId(): pulumi.Output<string> {
    return this.of("virtualMachineId");
  }
  /** Its name when the export was made (ElementName). */
  get virtualMachineName(): pulumi.Output<string> {
    return this.of("virtualMachineName");
  }
  /** The recovery checkpoint that was exported. It is gone: it has become the point. */
  get checkpointId(): pulumi.Output<string | undefined> {
    return this.ofNewest("checkpointId");
  }
  /** The reference point that the checkpoint has become, "Microsoft:GUID": a later export can continue it. */
  get referencePointId(): pulumi.Output<string | undefined> {
    return this.of("referencePointId");
  }
  /** The point that the export continues; undefined for a full one. */
  get baseReferencePointId(): pulumi.Output<string | undefined> {
    return this.ofNewest("baseReferencePointId");
  }
  /** As the point tells it. */
  get achievedConsistency(): pulumi.Output<"application" | "crash" | "unknown" | undefined> {
    return this.ofNewest("consistency");
  }
  /** Whether it holds the whole disks or what changed since its base. */
  get kind(): pulumi.Output<"full" | "differential" | undefined> {
    return this.ofExport("kind");
  }
  /** Where the files and their manifest lie, below the export's directory: "export". The manifest lists every file. */
  get filesDirectory(): pulumi.Output<string | undefined> {
    return this.ofExport("label");
  }
  /** Sum of the files in bytes. */
  get totalBytes(): pulumi.Output<number> {
    return this.result.apply((result) => exportIn(result)?.bytes ?? 0);
  }
  /** When the checkpoint was made: ISO 8601, by the clock of the computer that ran Pulumi. */
  get madeAt(): pulumi.Output<string | undefined> {
    return this.ofExport("madeAt");
  }
  /** Digest of the manifest, lower-case hexadecimal. */
  get manifestSha256(): pulumi.Output<string | undefined> {
    return this.ofNewest("manifestSha256");
  }
  /** Of its own files: what a differential one continues is not looked at. "damaged": it cannot be restored, and the next up makes a new one. "incomplete": the next up has something to finish. */
  get status(): pulumi.Output<"intact" | "damaged" | "incomplete"> {
    return this.of("status");
  }
  /** What is wrong: a sentence each, with a code in front. */
  get problems(): pulumi.Output<string[]> {
    return this.result.apply((result) => result?.problems ?? []);
  }
  /** What is no damage but worth knowing. */
  get warnings(): pulumi.Output<string[]> {
    return this.result.apply((result) => result?.warnings ?? []);
  }

  /** An output is made when it is asked for. What a mock leaves out is undefined, whatever the type says, as with every resource. */
  private of<Name extends keyof Result>(name: Name): pulumi.Output<Result[Name]> {
    return this.result.apply((result) => result?.[name] as Result[Name]);
  }
  private ofNewest<Name extends keyof NonNullable<Result["newestGeneration"]>>(
    name: Name,
  ): pulumi.Output<NonNullable<Result["newestGeneration"]>[Name]> {
    return this.result.apply((result) => result?.newestGeneration?.[name] as NonNullable<Result["newestGeneration"]>[Name]);
  }
  private ofExport<Name extends keyof ChainGeneration>(name: Name): pulumi.Output<ChainGeneration[Name] | undefined> {
    return this.result.apply((result) => exportIn(result)?.[name]);
  }

  /**
   * Looks an export up that this stack does not manage, by its id and its directory. It is never changed or deleted.
   *
   * @param id The export's id (output `exportId`; also in `export-chain.json`).
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state: CheckpointExportState,
    opts?: pulumi.CustomResourceOptions,
  ): CheckpointExport {
    requireGetCheckpointExportArguments(name, id, state);
    return new CheckpointExport(name, state as CheckpointExportArgs, { ...opts, id });
  }
}

function exportIn(result: Partial<Result> | undefined): ChainGeneration | undefined {
  const newest = result?.generations?.at(-1);
  return typeof newest === "string" ? generationOfLine(newest) : newest;
}
