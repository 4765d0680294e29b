import * as pulumi from "@pulumi/pulumi";

/** What a program has given, once all of it is there. */
export interface Unsealed {
  /** Plain values; what is not known yet as the engine sends it. */
  readonly values: Record<string, unknown>;
  /** Names of those that were secret: "exportDirectory", or "host.privateKey" within a plain one. */
  readonly secretNames: readonly string[];
}

export async function unsealedProperties(properties: pulumi.Inputs): Promise<Unsealed> {
  const sealed = await pulumi.runtime.serializeProperties("the program's process", properties);
  const secretNames: string[] = [];
  return { values: unsealed(sealed, "", secretNames) as Record<string, unknown>, secretNames };
}

function unsealed(value: unknown, name: string, secretNames: string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (pulumi.runtime.isRpcSecret(value)) {
    secretNames.push(name);
    return unsealed(pulumi.runtime.unwrapRpcSecret(value), name, []);
  }
  if (Array.isArray(value)) return value.map((item, index) => unsealed(item, `${name}.${index}`, secretNames));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, unsealed(inner, name === "" ? key : `${name}.${key}`, secretNames)]),
  );
}
