import * as pulumi from "@pulumi/pulumi";

/**
 * The URN that the engine will give the resource; plain text at the top level, so that it costs no outputs.
 *
 * Below a parent it is known once the parent is registered, and that is all it may wait for. An output of the parent's URN depends on
 * the parent, which Pulumi takes to mean every child that a component has: each child would wait for its siblings, for ever. So it is
 * a promise, which depends on nothing.
 */
export function ownUrn(name: string, type: string, parent: pulumi.Resource | null | undefined): string | Promise<string> {
  const atTheTop = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::`;
  if (parent === undefined || parent === null) return `${atTheTop}${type}::${name}`;
  const below = textOf(parent.urn).then((urn) => {
    const above = urn.slice(0, urn.lastIndexOf("::"));
    return above.endsWith("::pulumi:pulumi:Stack") ? `${atTheTop}${type}::${name}` : `${above}$${type}::${name}`;
  });
  // A parent that cannot be registered says so itself.
  below.catch(() => {});
  return below;
}

/** Every output has it, and the SDK does not declare it. */
function textOf(output: pulumi.Output<string>): Promise<string> {
  return (output as unknown as { promise(): Promise<string> }).promise();
}
