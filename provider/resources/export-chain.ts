import * as pulumi from "@pulumi/pulumi";
import { generationOfLine } from "../domain/export-chain/generation/generation-line";
import { CHAIN_TYPE } from "../domain/records/owner-text";
import { declaration } from "./declaration";
import type { ExportChainArgs, ExportChainState } from "./export-chain-args";
import { requireChainArguments, requireGetChainArguments } from "./given/given-arguments";
import { lookAheadFor } from "./preview";
import { exportChainText } from "./provider-text";

/** One generation of a chain. */
export interface ChainGeneration {
  /** Name of its directory below the chain's. */
  readonly label: string;
  /** When its point was made: ISO 8601, by the clock of the computer that ran Pulumi. */
  readonly madeAt: string;
  readonly kind: "full" | "differential";
  readonly bytes: number;
  /** What the last look told. All but "intact" cannot be restored, or not without doubt. */
  readonly condition: "intact" | "damaged" | "gone" | "baseMissing" | "baseChanged";
}

/** What the state keeps of a chain, and what a mock answers with: of the outputs below, those that are known. */
interface Result {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
  /** A line each, as `generationLine` of the domain writes them; a mock need not know of that. */
  readonly generations: readonly (string | ChainGeneration)[];
  readonly reason?: string;
  readonly referencePointId?: string;
  readonly status: "intact" | "damaged" | "incomplete";
  /** None where there is none. */
  readonly problems?: string[];
  readonly warnings?: string[];
}

/**
 * "This virtual machine has a chain of backups in this directory of this host: full ones and differences to them, as many as are to be kept."
 *
 * `pulumi up` makes a generation when a new label is declared, or when one is due: a reference point of ours, an export of it below the
 * directory, verified; then the point before it is destroyed, and what is not to be kept is removed, so that at any moment what is left can be
 * restored. `pulumi refresh` looks at every generation. `pulumi destroy` removes what the chain has made and nothing else. A run that was
 * killed goes on with the next up.
 */
export class ExportChain extends pulumi.CustomResource {
  /** The directory, as declared. */
  declare readonly directory: pulumi.Output<string>;
  /** All that the chain came to. Each property that a resource is given costs its program 9 KiB, read or not: so it is one. */
  declare private readonly result: pulumi.Output<Partial<Result> | undefined>;

  /**
   * @param name Unique among the resources of this type in the stack. With stack and project it owns the chain, so a renamed resource
   *   needs an alias.
   * @param opts `import` and `customTimeouts` do not work for dynamic resources: see `onExisting` and `timeouts`.
   */
  constructor(name: string, args: ExportChainArgs, opts?: pulumi.CustomResourceOptions) {
    requireChainArguments({ name, args, opts, prototype: ExportChain.prototype });
    const { given, properties } = declaration(name, CHAIN_TYPE, exportChainText, args, opts?.parent);
    super(CHAIN_TYPE, name, properties, opts ?? undefined);
    lookAheadFor(this, "chain", given, opts);
  }

  /** Identity of the chain: the resource's id, and the word in its record. */
  get chainId(): pulumi.Output<string> {
    return this.id;
  }
  /** GUID of the machine (Msvm_ComputerSystem.Name). */
  get virtualMachineId(): pulumi.Output<string> {
    return this.of("virtualMachineId");
  }
  /** Its name when the newest generation was made (ElementName). */
  get virtualMachineName(): pulumi.Output<string> {
    return this.of("virtualMachineName");
  }
  /** Every generation, oldest first. */
  get generations(): pulumi.Output<ChainGeneration[]> {
    return this.result.apply(generationsOf);
  }
  /** Labels of the generations that can be restored, oldest first. */
  get restorable(): pulumi.Output<string[]> {
    return this.result.apply((result) =>
      generationsOf(result)
        .filter(({ condition }) => condition === "intact")
        .map(({ label }) => label),
    );
  }
  /** Label of the newest generation; undefined where there is none. */
  get newest(): pulumi.Output<string | undefined> {
    return this.result.apply((result) => generationsOf(result).at(-1)?.label);
  }
  /** Why the newest generation is a full one; undefined for a differential one. */
  get reason(): pulumi.Output<string | undefined> {
    return this.of("reason");
  }
  /** The point of the newest generation, which is the next one's base: "Microsoft:GUID". */
  get referencePointId(): pulumi.Output<string | undefined> {
    return this.of("referencePointId");
  }
  /** Sum of all generations in bytes. */
  get totalBytes(): pulumi.Output<number> {
    return this.result.apply((result) => generationsOf(result).reduce((sum, { bytes }) => sum + bytes, 0));
  }
  /**
   * "damaged": the newest generation cannot be restored, and the next up makes a full one. "incomplete": the next up has something to
   * finish.
   */
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

  /**
   * Looks a chain up that this stack does not manage, by its id and its directory. It is never changed or deleted.
   *
   * @param id The chain's id (output `chainId`; also in `export-chain.json`).
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, state: ExportChainState, opts?: pulumi.CustomResourceOptions): ExportChain {
    requireGetChainArguments(name, id, state);
    return new ExportChain(name, state as ExportChainArgs, { ...opts, id });
  }
}

function generationsOf(result: Partial<Result> | undefined): ChainGeneration[] {
  return (result?.generations ?? []).flatMap((generation) =>
    typeof generation === "string" ? (generationOfLine(generation) ?? []) : generation,
  );
}
