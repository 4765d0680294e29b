import { generationOfLine, type ListedGeneration } from "../domain/export-chain/generation/generation-line";
import { CHAIN_TYPE, CHECKPOINT_EXPORT_TYPE, EXPORT_TYPE, POINT_TYPE } from "../domain/records/owner-text";

/** What the engine shows of a resource, to a policy of resources (its arguments) and to one of stacks (what is kept of it). */
interface Shown {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

type Properties = Readonly<Record<string, unknown>>;

const kinds = {
  [EXPORT_TYPE]: "export",
  [CHAIN_TYPE]: "chain",
  [CHECKPOINT_EXPORT_TYPE]: "export by a checkpoint",
  [POINT_TYPE]: "point",
} as const;
export type SeenKind = (typeof kinds)[keyof typeof kinds];

/**
 * A resource of this package as a policy sees it. The arguments lie at the top, as they were given and without the defaults; what came of
 * them is one property, `result`, in the form that the state has. A preview shows none of a resource that it would make or change. What begins
 * with `__` no policy is shown. An argument that is not known yet throws where it is read; the policy SDK then says that it could not look.
 */
export class SeenResource {
  private constructor(
    readonly kind: SeenKind,
    readonly name: string,
    private readonly props: Properties,
  ) {}

  /** Undefined for a resource of another package. */
  static of({ type, name, props }: Shown): SeenResource | undefined {
    const kind = Object.hasOwn(kinds, type) ? kinds[type as keyof typeof kinds] : undefined;
    return kind && new SeenResource(kind, name, props);
  }

  /** `export "web01"` */
  get title(): string {
    return `${this.kind} "${this.name}"`;
  }

  /** An argument as it was given; undefined where it was left out. */
  argument(name: string): unknown {
    return this.props[name];
  }

  /** The machine as the program names it, and as the host has told. */
  get machineNames(): string[] {
    const { virtualMachineName, virtualMachineId } = this.result ?? {};
    return [this.props.virtualMachine, virtualMachineName, virtualMachineId].filter((name) => typeof name === "string");
  }

  /** Equal for resources of one machine. */
  get machine(): string {
    const { virtualMachineId } = this.result ?? {};
    return String(virtualMachineId ?? this.props.virtualMachine).toUpperCase();
  }

  /** The absolute path of the export's, or the chain's, directory. */
  get directory(): string | undefined {
    const path = this.kind === "chain" ? this.props.directory : this.props.exportDirectory;
    return typeof path === "string" ? path : undefined;
  }

  /** The disks that are named, by whatever name. */
  get disks(): string[] {
    const named = this.kind === "chain" ? this.props.disks : this.props.disksToExport;
    return Array.isArray(named) ? named.filter((disk) => typeof disk === "string") : [];
  }

  /** What came of the arguments; undefined while nothing has, or where a preview does not know what will. */
  get result(): Properties | undefined {
    try {
      const { result } = this.props;
      return typeof result === "object" && result !== null ? (result as Properties) : undefined;
    } catch {
      return undefined; // what a preview does not know of one resource must not hide what it knows of the others
    }
  }

  /** Of what was made; undefined where nothing tells. A chain's generations do not. */
  get consistency(): unknown {
    const { consistency, newestGeneration } = this.result ?? {};
    const isToldOfNewest = typeof newestGeneration === "object" && newestGeneration !== null && "consistency" in newestGeneration;
    return isToldOfNewest ? newestGeneration.consistency : consistency;
  }

  /** A chain's generations, oldest first; an export by a checkpoint has one. */
  get generations(): ListedGeneration[] {
    const lines = this.result?.generations;
    return Array.isArray(lines) ? lines.flatMap((line) => (typeof line === "string" ? (generationOfLine(line) ?? []) : [])) : [];
  }
}
