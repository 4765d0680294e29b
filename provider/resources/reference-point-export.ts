import * as pulumi from "@pulumi/pulumi";
import { configuredHost } from "./configured-host";
import { requireExportArguments, requireGetArguments } from "./given-arguments";
import { withSecrets } from "./host-secrets";
import { ownUrn } from "./own-urn";
import { requireProviderInReach } from "./provider-in-reach";
import { referencePointExportText } from "./provider-text";
import type { ReferencePointExportArgs, ReferencePointExportState } from "./reference-point-export-args";
import { secretNames } from "./secret-names";

/** One file of an export. */
export interface ExportedFile {
  /** Relative to the export directory, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly role: "configuration" | "runtimeState" | "guestState" | "disk" | "log" | "other";
}

/** Of package pulumi-nodejs, as every dynamic resource must be: the engine finds the provider process by it. */
const TYPE = "pulumi-nodejs:dynamic/hyperv:ReferencePointExport";

/**
 * "This reference point of this virtual machine is exported to this directory of this host."
 *
 * `pulumi up` makes it true: ExportReferencePoint of Msvm_VirtualSystemReferencePointService, its job watched to the end, the files
 * hashed and described by a manifest. `pulumi refresh` tells whether it is still true, and the next up repairs what is damaged.
 * `pulumi destroy` removes what was exported and nothing else. A run that was killed goes on with the next up from what is on the
 * host: no export is lost and none is made twice.
 */
export class ReferencePointExport extends pulumi.CustomResource {
  /** Identity of the export; equals the resource's id. */
  declare readonly exportId: pulumi.Output<string>;
  /** GUID of the machine (Msvm_ComputerSystem.Name). */
  declare readonly virtualMachineId: pulumi.Output<string>;
  /** Name of the machine when the export was made (ElementName). */
  declare readonly virtualMachineName: pulumi.Output<string>;
  /** The exported point: "Microsoft:GUID" (InstanceID). */
  declare readonly referencePointId: pulumi.Output<string>;
  /** The base of a differential export (BaseReferencePoint); undefined for a full one. */
  declare readonly baseReferencePointId: pulumi.Output<string | undefined>;
  /** ConsistencyLevel of the point: 1 application, 2 crash. */
  declare readonly consistency: pulumi.Output<"application" | "crash" | "unknown">;
  /** Whether the export stands alone or needs its base. */
  declare readonly kind: pulumi.Output<"full" | "differential">;
  /** The directory, as declared. */
  declare readonly exportDirectory: pulumi.Output<string>;
  /** Every file of the export. */
  declare readonly files: pulumi.Output<ExportedFile[]>;
  /** Sum of the files' sizes in bytes. */
  declare readonly totalBytes: pulumi.Output<number>;
  /** When the export was started: ISO 8601. */
  declare readonly startedAt: pulumi.Output<string>;
  /** When its files were described: ISO 8601. */
  declare readonly completedAt: pulumi.Output<string>;
  /** SHA-256 of the manifest file. */
  declare readonly manifestSha256: pulumi.Output<string>;
  /** What the last create, update or refresh found. The next up repairs a damaged export and finishes an incomplete one. */
  declare readonly status: pulumi.Output<"intact" | "damaged" | "incomplete">;
  /** What is damaged: a sentence each, with a code in front. */
  declare readonly problems: pulumi.Output<string[]>;
  /** What is no damage but worth knowing: a job's warnings, foreign files. */
  declare readonly warnings: pulumi.Output<string[]>;

  /**
   * @param name Unique among the resources of this type in the stack. With stack and project it owns the export directory, so a
   *   renamed resource needs an alias.
   * @param opts `import` and `customTimeouts` do not work for dynamic resources: see `onExisting` and `timeouts`.
   */
  constructor(name: string, args: ReferencePointExportArgs, opts?: pulumi.CustomResourceOptions) {
    requireExportArguments(name, args);
    requireProviderInReach();
    const given = { ...args, host: withSecrets(args.host ?? configuredHost()) };
    super(
      TYPE,
      name,
      {
        ...outputs,
        ...given,
        // Not named "urn": the SDK drops that. The URN names the owner of the directory and the row for progress.
        createUrn: ownUrn(name, TYPE, opts?.parent),
        secretInputs: secretNames(given),
        __provider: referencePointExportText,
      },
      opts,
    );
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

/** The SDK makes an output of every property that it is given, an undefined one included. */
const outputs = {
  exportId: undefined,
  virtualMachineId: undefined,
  virtualMachineName: undefined,
  referencePointId: undefined,
  baseReferencePointId: undefined,
  consistency: undefined,
  kind: undefined,
  files: undefined,
  totalBytes: undefined,
  startedAt: undefined,
  completedAt: undefined,
  manifestSha256: undefined,
  status: undefined,
  problems: undefined,
  warnings: undefined,
};
