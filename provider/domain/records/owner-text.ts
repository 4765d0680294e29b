/** The type of the resource, of package pulumi-nodejs as every dynamic resource must be: the engine finds the provider process by it. */
export const EXPORT_TYPE = "pulumi-nodejs:dynamic/hyperv:ReferencePointExport";

/** The same of reference points. */
export const POINT_TYPE = "pulumi-nodejs:dynamic/hyperv:ReferencePoint";

/** The same of chains. */
export const CHAIN_TYPE = "pulumi-nodejs:dynamic/hyperv:ExportChain";

/** The same of exports by a checkpoint. */
export const CHECKPOINT_EXPORT_TYPE = "pulumi-nodejs:dynamic/hyperv:CheckpointExport";

const START = "urn:pulumi:";

/**
 * A resource's URN without what all of them have alike: "stack::project::parents::name". It lies twice in every state. A URN of another
 * form stays as it is.
 */
export function ownerText(urn: string, ownType = EXPORT_TYPE): string {
  const [stack = "", project = "", type = "", ...name] = urn.slice(START.length).split("::");
  const isOfType = urn.startsWith(START) && name.length > 0 && type.endsWith(ownType);
  return isOfType ? [stack, project, type.slice(0, -ownType.length), ...name].join("::") : urn;
}

/** The URN that the text stands for. */
export function urnOfOwner(text: string, ownType = EXPORT_TYPE): string {
  const [stack = "", project = "", parents = "", ...name] = text.split("::");
  if (name.length === 0 || text.startsWith(START)) return text;
  return `${START}${stack}::${project}::${parents}${ownType}::${name.join("::")}`;
}
