import * as pulumi from "@pulumi/pulumi";

/**
 * The ids of all resources that the output comes from, or that are named. In a preview they are known where the resources are there
 * already.
 */
export function idsAmong(output: pulumi.Output<unknown>, dependsOn: pulumi.InvokeOutputOptions["dependsOn"]): pulumi.Output<unknown> {
  const named = pulumi.output(dependsOn ?? []).apply((resources) => withChildren([resources as unknown as pulumi.Resource].flat()));
  const ids = resourcesOf(output).then((resources) => idsOf(withChildren(resources)));
  // What fails of them fails the look-up, which says so.
  ids.catch(() => {});
  return pulumi.all([named.apply((resources) => idsOf(resources)), ids]);
}

/** Every output has it, and the SDK does not declare it. */
async function resourcesOf(output: pulumi.Output<unknown>): Promise<pulumi.Resource[]> {
  return [...(await (output as unknown as { allResources(): Promise<Iterable<pulumi.Resource>> }).allResources())];
}

/** A component is there when its children are. */
function withChildren(resources: readonly pulumi.Resource[], seen = new Set<pulumi.Resource>()): pulumi.Resource[] {
  for (const resource of resources) {
    if (seen.has(resource)) continue;
    seen.add(resource);
    const { __childResources: children } = resource as unknown as { readonly __childResources?: Iterable<pulumi.Resource> };
    if (pulumi.ComponentResource.isInstance(resource) && children) withChildren([...children], seen);
  }
  return [...seen];
}

function idsOf(resources: readonly pulumi.Resource[]): pulumi.Output<pulumi.ID>[] {
  return resources.flatMap((resource) => (pulumi.CustomResource.isInstance(resource) && resource.id ? [resource.id] : []));
}
