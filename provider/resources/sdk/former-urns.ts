import * as pulumi from "@pulumi/pulumi";
import { known } from "./known-value";

interface Named {
  readonly __name?: string;
  readonly __aliases?: readonly pulumi.Output<string>[];
}

/** Whether a resource may have had another name: most have not, and nothing is kept of that. */
export function mayHaveFormerUrns(opts: pulumi.CustomResourceOptions | undefined): boolean {
  const inherited = (opts?.parent as unknown as Named | undefined)?.__aliases ?? [];
  return (opts?.aliases?.length ?? 0) + inherited.length > 0;
}

/** What the resource may be called in the stack's state, by its aliases and those of its parent: what it replaces is its own then, too. */
export async function formerUrnsOf(
  resource: pulumi.CustomResource,
  type: string,
  opts: pulumi.CustomResourceOptions | undefined,
): Promise<string[]> {
  const named = (of: pulumi.Resource) => of as unknown as Named;
  const { __name: name = "", __aliases: own = [] } = named(resource);
  const parent = opts?.parent ?? undefined;
  const inherited = parent && pulumi.allAliases(opts?.aliases ?? [], name, type, parent, named(parent).__name ?? "");
  const urns = await Promise.all([...own, ...(inherited ?? [])].map(known));
  return [...new Set(urns.flatMap((urn) => urn ?? []))];
}
