import type { ChainState } from "../../domain/export-chain/outputs";
import { type HostInput, hostInput, sameMachineByName } from "../../domain/hosts/host-input";
import { type PathStyle, pathRules } from "../../domain/paths/path-rules";

type Known = Readonly<Record<string, unknown>>;

/** How the program goes on with a chain whose delete the engine asks for. */
export type GoesOn =
  /** In its directory, by the resource of this URN. */
  | { readonly kind: "here"; readonly createUrn: string }
  /** The resource has another directory by now. */
  | { readonly kind: "elsewhere" };

interface Declared {
  readonly createUrn: string;
  readonly host: HostInput;
  readonly directory: string;
}

/**
 * The chains that the program declares, as far as the engine has had their arguments checked: it does so before it deletes a half of a
 * replacement, and a destroy has nothing checked. Its process lives for one operation.
 */
export class DeclaredChains {
  private readonly names = new Set<string>();
  private readonly declared: Declared[] = [];

  constructor(private readonly pathStyleOf: (host: unknown) => PathStyle | undefined) {}

  /** @param before the arguments of the resource that the engine takes for the same */
  add({ createUrn, host, directory }: Known, before: Known): void {
    for (const urn of [createUrn, before.createUrn]) if (typeof urn === "string") this.names.add(nameInStack(urn));
    const parsed = hostInput.safeParse(host);
    if (typeof createUrn === "string" && typeof directory === "string" && parsed.success)
      this.declared.push({ createUrn, host: parsed.data, directory });
  }

  /** Undefined where the program declares it no more. */
  goesOn({ createUrn, host, directory }: ChainState): GoesOn | undefined {
    const { same } = pathRules(this.pathStyleOf(host) ?? "posix");
    const here = this.declared.find((one) => sameMachineByName(one.host, host) === "same" && same(one.directory, directory));
    if (here) return { kind: "here", createUrn: here.createUrn };
    return this.names.has(nameInStack(createUrn)) ? { kind: "elsewhere" } : undefined;
  }
}

/** A stack that was renamed since is the same: the engine's process knows one only. */
function nameInStack(urn: string): string {
  return urn.replace(/^urn:pulumi:[^:]*::/, "");
}
