/** Who an export directory belongs to. The URN decides; the rest is for people. */
export interface Owner {
  readonly urn: string;
  readonly project: string;
  readonly stack: string;
  readonly resource: string;
}

/** urn:pulumi:STACK::PROJECT::TYPE::NAME; a name may hold further "::". */
export function ownerOfUrn(urn: string): Owner {
  const [stack = "", project = "", , ...resource] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { urn, project, stack, resource: resource.join("::") };
}

export function describeOwner(owner: Owner): string {
  return `resource "${owner.resource}" of stack "${owner.project}/${owner.stack}"`;
}
