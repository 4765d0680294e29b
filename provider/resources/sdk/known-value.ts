import type * as pulumi from "@pulumi/pulumi";

/** An output's value; undefined where it is not known yet. As a promise it depends on nothing. */
export function known<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return (output as unknown as { promise(): Promise<T | undefined> }).promise();
}
