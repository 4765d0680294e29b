import * as pulumi from "@pulumi/pulumi";
import { fileOfLine } from "../domain/records/file-line";
import { EXPORT_TYPE } from "../domain/records/owner-text";
import { declaration } from "./declaration";
import { requireExportArguments, requireGetArguments } from "./given/given-arguments";
import { lookAheadFor } from "./preview";
import { referencePointExportText } from "./provider-text";
import type { ReferencePointExportArgs, ReferencePointExportState } from "./reference-point-export-args";

/** One file of an export. */
export interface ExportedFile {
  /** Relative to the export directory, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly role: "configuration" | "runtimeState" | "guestState" | "disk" | "log" | "other";
}

/** What the state keeps of an export, and what a mock answers with: of the outputs below, those that are known. */
interface Result {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
  readonly referencePointId: string;
  readonly baseReferencePointId?: string;
  readonly consistency: "application" | "crash" | "unknown";
  readonly kind: "full" | "differential";
  /** A line each, as `fileLine` of the domain writes them; a mock need not know of that. */
  readonly files: readonly (string | ExportedFile)[];
  /** Only of a mock: it is the sum of the files. */
  readonly totalBytes?: number;
  readonly startedAt: string;
  readonly completedAt: string;
  readonly manifestSha256: string;
  readonly status: "intact" | "damaged" | "incomplete";
  /** None where there is none. */
  readonly problems?: string[];
  readonly warnings?: string[];
}

/**
 * "This reference point of this virtual machine is exported to this directory of this host."
 *
 * `pulumi up` makes it true: ExportReferencePoint of Msvm_VirtualSystemReferencePointService, its job watched to the end, the files
 * hashed and described by a manifest. `pulumi refresh` tells whether it is still true, and the next up repairs what is damaged.
 * `pulumi destroy` removes what was exported and nothing else. A run that was killed goes on with the next up from what is on the
 * host: no export is lost and none is made twice.
 */
export class ReferencePointExport extends pulumi.CustomResource {
  /** The directory, as declared. */
  declare readonly exportDirectory: pulumi.Output<string>;
  /** All that the export came to. Each property that a resource is given costs its program 9 KiB, read or not: so it is one. */
  declare private readonly result: pulumi.Output<Partial<Result> | undefined>;

  /**
   * @param name Unique among the resources of this type in the stack. With stack and project it owns the export directory, so a
   *   renamed resource needs an alias.
   * @param opts `import` and `customTimeouts` do not work for dynamic resources: see `onExisting` and `timeouts`.
   */
  constructor(name: string, args: ReferencePointExportArgs, opts?: pulumi.CustomResourceOptions) {
    requireExportArguments({ name, args, opts, prototype: ReferencePointExport.prototype });
    const { given, properties } = declaration(name, EXPORT_TYPE, referencePointExportText, args, opts?.parent);
    // Of null, which types forbid, the SDK would read properties.
    super(EXPORT_TYPE, name, properties, opts ?? undefined);
    lookAheadFor(this, "export", given, opts);
  }

  /** Identity of the export; equals the resource's id. */
  get exportId(): pulumi.Output<string> {
    return this.id;
  }
  /** GUID of the machine (Msvm_ComputerSystem.Name). */
  get virtualMachineId(): pulumi.Output<string> {
    return this.of("virtualMachineId");
  }
  /** Name of the machine when the export was made (ElementName). */
  get virtualMachineName(): pulumi.Output<string> {
    return this.of("virtualMachineName");
  }
  /** The exported point: "Microsoft:GUID" (InstanceID). */
  get referencePointId(): pulumi.Output<string> {
    return this.of("referencePointId");
  }
  /** The base of a differential export (BaseReferencePoint); undefined for a full one. */
  get baseReferencePointId(): pulumi.Output<string | undefined> {
    return this.of("baseReferencePointId");
  }
  /** ConsistencyLevel of the point: 1 application, 2 crash. */
  get consistency(): pulumi.Output<"application" | "crash" | "unknown"> {
    return this.of("consistency");
  }
  /** Whether the export stands alone or needs its base. */
  get kind(): pulumi.Output<"full" | "differential"> {
    return this.of("kind");
  }
  /** Every file of the export. */
  get files(): pulumi.Output<ExportedFile[]> {
    return this.result.apply(filesOf);
  }
  /** Sum of the files' sizes in bytes. */
  get totalBytes(): pulumi.Output<number> {
    return this.result.apply((result) => result?.totalBytes ?? filesOf(result).reduce((sum, { bytes }) => sum + bytes, 0));
  }
  /** When the export was started: ISO 8601. */
  get startedAt(): pulumi.Output<string> {
    return this.of("startedAt");
  }
  /** When its files were described: ISO 8601. */
  get completedAt(): pulumi.Output<string> {
    return this.of("completedAt");
  }
  /** SHA-256 of the manifest file. */
  get manifestSha256(): pulumi.Output<string> {
    return this.of("manifestSha256");
  }
  /** What the last create, update or refresh found. The next up repairs a damaged export and finishes an incomplete one. */
  get status(): pulumi.Output<"intact" | "damaged" | "incomplete"> {
    return this.of("status");
  }
  /** What is damaged: a sentence each, with a code in front. */
  get problems(): pulumi.Output<string[]> {
    return this.result.apply((result) => result?.problems ?? []);
  }
  /** What is no damage but worth knowing: a job's warnings, foreign files. */
  get warnings(): pulumi.Output<string[]> {
    return this.result.apply((result) => result?.warnings ?? []);
  }

  /** An output is made when it is asked for. What a mock leaves out is undefined, whatever the type says, as with every resource. */
  private of<Name extends keyof Result>(name: Name): pulumi.Output<Result[Name]> {
    return this.result.apply((result) => result?.[name] as Result[Name]);
  }

  /**
   * Looks an export up that this stack does not manage, by its id and its directory. It is never changed or deleted.
   *
   * @param id The export's id (output `exportId`; also in the manifest).
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state: ReferencePointExportState,
    opts?: pulumi.CustomResourceOptions,
  ): ReferencePointExport {
    requireGetArguments(name, id, state);
    return new ReferencePointExport(name, state as ReferencePointExportArgs, { ...opts, id });
  }
}

function filesOf(result: Partial<Result> | undefined): ExportedFile[] {
  return (result?.files ?? []).flatMap((file) => (typeof file === "string" ? (fileOfLine(file) ?? []) : file));
}
