import * as pulumi from "@pulumi/pulumi";

/** The URN that the engine will give the resource; plain text at the top level, so that it costs no outputs. */
export function ownUrn(name: string, type: string, parent: pulumi.Resource | undefined): pulumi.Input<string> {
  if (parent !== undefined) return pulumi.createUrn(name, type, parent);
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${type}::${name}`;
}
