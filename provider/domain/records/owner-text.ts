/** The type of the resource, of package pulumi-nodejs as every dynamic resource must be: the engine finds the provider process by it. */
export const EXPORT_TYPE = "pulumi-nodejs:dynamic/hyperv:ReferencePointExport";

const START = "urn:pulumi:";
const END = `${EXPORT_TYPE}::`;

/**
 * A resource's URN without what all of them have alike: "stack::project::parents::name". It lies twice in every state. A URN of another
 * form stays as it is.
 */
export function ownerText(urn: string): string {
  const [stack = "", project = "", type = "", ...name] = urn.slice(START.length).split("::");
  const isOfExport = urn.startsWith(START) && name.length > 0 && type.endsWith(EXPORT_TYPE);
  return isOfExport ? [stack, project, type.slice(0, -EXPORT_TYPE.length), ...name].join("::") : urn;
}

/** The URN that the text stands for. */
export function urnOfOwner(text: string): string {
  const [stack = "", project = "", parents = "", ...name] = text.split("::");
  if (name.length === 0 || text.startsWith(START)) return text;
  return `${START}${stack}::${project}::${parents}${END}${name.join("::")}`;
}
