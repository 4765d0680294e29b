import * as pulumi from "@pulumi/pulumi";
import { ownerText, POINT_TYPE } from "../domain/records/owner-text";
import { declaration } from "./declaration";
import { requireGetPointArguments, requirePointArguments } from "./given/given-arguments";
import { lookAheadFor } from "./preview";
import { referencePointText } from "./provider-text";
import type { ReferencePointArgs, ReferencePointState } from "./reference-point-args";
import { formerUrnsOf, mayHaveFormerUrns } from "./sdk/former-urns";

/** What the state keeps of a point, and what a mock answers with: of the outputs below, those that are known. */
interface Result {
  readonly referencePointId: string;
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
  readonly consistency: "application" | "crash" | "unknown";
  readonly diskIds: string[];
  readonly createdAt: string;
  readonly status: "intact" | "incomplete";
}

/**
 * "There is a reference point of this virtual machine that we have made."
 *
 * `pulumi up` makes it true: CreateReferencePoint of Msvm_VirtualSystemReferencePointService, by resilient change tracking, its job watched
 * to the end. `pulumi refresh` tells whether the point is still there. `pulumi destroy` destroys it, and never another one. A run that was
 * killed goes on with the next up: the point that its job has made is taken over, and what nothing proves is named and left alone.
 */
export class ReferencePoint extends pulumi.CustomResource {
  /** ConsistencyLevel of the point, as the host reports it. What was asked for may be more: "application-if-possible". */
  declare readonly consistency: pulumi.Output<"application" | "crash" | "unknown">;
  /** All that the point came to. Each property that a resource is given costs its program 9 KiB, read or not: so it is one. */
  declare private readonly result: pulumi.Output<Partial<Result> | undefined>;

  /**
   * @param name Unique among the resources of this type in the stack. With stack and project it owns the point, so a renamed resource
   *   needs an alias.
   * @param opts `import` and `customTimeouts` do not work for dynamic resources: see `timeouts`, and `get`.
   */
  constructor(name: string, args: ReferencePointArgs, opts?: pulumi.CustomResourceOptions) {
    requirePointArguments({ name, args, opts, prototype: ReferencePoint.prototype });
    const { given, properties } = declaration(name, POINT_TYPE, referencePointText, args, opts?.parent);
    const former = mayHaveFormerUrns(opts) ? formerOwners() : undefined;
    super(POINT_TYPE, name, { ...properties, ...(former && { __formerOwners: former.texts }) }, opts ?? undefined);
    former?.tell(formerUrnsOf(this, POINT_TYPE, opts));
    lookAheadFor(this, "point", given, opts);
    // The argument has the same name, and the SDK makes an output of it.
    Object.defineProperty(this, "consistency", { get: () => this.of("consistency"), enumerable: true, configurable: true });
  }

  /** The point: "Microsoft:GUID" (InstanceID). */
  get referencePointId(): pulumi.Output<string> {
    return this.of("referencePointId");
  }
  /** GUID of the machine (Msvm_ComputerSystem.Name). */
  get virtualMachineId(): pulumi.Output<string> {
    return this.of("virtualMachineId");
  }
  /** Name of the machine when the point was made (ElementName). */
  get virtualMachineName(): pulumi.Output<string> {
    return this.of("virtualMachineName");
  }
  /** The disks that it covers (VirtualDiskIdentifiers). */
  get diskIds(): pulumi.Output<string[]> {
    return this.result.apply((result) => result?.diskIds ?? []);
  }
  /** When it was made: ISO 8601, by the clock of the machine that ran Pulumi. The point itself carries no time; undefined of a look-up. */
  get createdAt(): pulumi.Output<string | undefined> {
    return this.of("createdAt");
  }
  /** The next up finishes an incomplete one. */
  get status(): pulumi.Output<"intact" | "incomplete"> {
    return this.of("status");
  }

  /** An output is made when it is asked for. What a mock leaves out is undefined, whatever the type says, as with every resource. */
  private of<Name extends keyof Result>(name: Name): pulumi.Output<Result[Name]> {
    return this.result.apply((result) => result?.[name] as Result[Name]);
  }

  /**
   * Looks a point up that this stack does not manage, by its own id and its machine. It is never changed or destroyed.
   *
   * @param id The point's id: "Microsoft:GUID" or GUID.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state: ReferencePointState, opts?: pulumi.CustomResourceOptions): ReferencePoint {
    requireGetPointArguments(name, id, state);
    return new ReferencePoint(name, state as ReferencePointArgs, { ...opts, id });
  }
}

/** The SDK knows a resource's aliases once it is made, and asks for its properties after that. */
function formerOwners() {
  let tell = (_: Promise<readonly string[]>) => {};
  const texts = new Promise<string[] | undefined>((resolve) => {
    tell = (urns) => {
      // An alias that fails says so itself.
      const all = urns.then(
        (known) => known.map((urn) => ownerText(urn, POINT_TYPE)),
        () => [],
      );
      resolve(all.then((found) => (found.length === 0 ? undefined : found)));
    };
  });
  return { texts, tell: (urns: Promise<readonly string[]>) => tell(urns) };
}
