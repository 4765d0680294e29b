import * as pulumi from "@pulumi/pulumi";
import { asExportError } from "../../domain/errors/as-export-error";
import { ExportError } from "../../domain/errors/export-error";
import { redact, secretTexts } from "../../domain/errors/redaction";
import { hostSecretNames } from "../../domain/hosts/host-secrets";
import type { LookUpResults } from "../../domain/look-ups/look-up-results";
import type { LookUpName } from "../../domain/look-ups/look-up-tables";
import { containsUnknown } from "../../domain/values/unknown-value";
import type * as front from "../../fronts/look-ups/look-ups";
import { configuredHost } from "../given/configured-host";
import { requireLookUpArguments } from "../given/given-arguments";
import { withSecrets } from "../given/host-secrets";
import { requirePlain } from "../given/plain-arguments";
import { unsealedProperties } from "../given/unsealed";
import type { HostArgs } from "../host";
import { isMocked, programNow } from "../sdk/program";
import { idsAmong } from "./depended-on";

/** The arguments of a look-up as far as all have them alike. */
interface Given {
  readonly host?: pulumi.Input<HostArgs | undefined>;
}

type Result<Name extends LookUpName> = LookUpResults[Name];

/** What the program's function answers, at once. */
export async function lookUp<Name extends LookUpName>(name: Name, args: Given): Promise<Result<Name>> {
  const given = givenArguments(name, args);
  if (isMocked()) return pulumi.runtime.invoke(token(name), given, { async: true });
  return ask(name, given);
}

/** The same for arguments of which any may be an output: the answer is not known where one of them is not, and secret where one is. */
export function lookUpOutput<Name extends LookUpName>(
  name: Name,
  args: Given,
  opts: pulumi.InvokeOutputOptions | undefined,
): pulumi.Output<Result<Name>> {
  const given = givenArguments(name, args);
  if (isMocked()) return pulumi.runtime.invokeOutput(token(name), given, opts);
  const known = pulumi.output(given);
  // Of a resource that is yet to be made, a preview may know all but the id: what it is to change on the host is not there to be asked for.
  return pulumi.all([known, idsAmong(known, opts?.dependsOn)]).apply(() => ask(name, given)) as unknown as pulumi.Output<Result<Name>>;
}

/** What mocks are given to tell functions apart. */
function token(name: LookUpName): string {
  return `pulumi-hyperv-reference-point:index:${name}`;
}

function givenArguments(name: LookUpName, args: Given): pulumi.Inputs {
  requireLookUpArguments(name, args);
  const { host = configuredHost(), ...rest } = args;
  requirePlain({ ...rest, host }, `call ${name}`);
  const given = { ...rest, host: withSecrets(host) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

async function ask<Name extends LookUpName>(name: Name, given: pulumi.Inputs): Promise<Result<Name>> {
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    const { values, secretNames } = await unsealedProperties(given);
    if (containsUnknown(values)) throw notKnownYet(name, values);
    const secrets = secretTexts(values, [...secretNames, ...hostSecretNames]);
    const told = (text: string) => redact(text, secrets);
    try {
      const warn = (text: string) => void pulumi.log.warn(told(text)).catch(() => {});
      return redactedProblems(await loadFront().lookUp(programNow(), name, values, secretNames, warn), told);
    } catch (error) {
      throw failure(asExportError(error), told);
    }
  } finally {
    done();
  }
}

/** Only here: what asks hosts is of no use to a program that asks none, and costs memory. */
function loadFront(): typeof front {
  return require("../../fronts/look-ups/look-ups") as typeof front;
}

function notKnownYet(name: LookUpName, values: Readonly<Record<string, unknown>>): pulumi.RunError {
  const unknown = Object.entries(values).flatMap(([argument, value]) => (containsUnknown(value) ? [argument] : []));
  const reason = `${unknown.join(" and ")} ${unknown.length === 1 ? "is" : "are"} not known yet in a preview`;
  const remedy = `Call ${name}Output: its answer is not known either until they are.`;
  return failure(new ExportError("invalid-arguments", { step: "use the arguments", subject: name, reason, remedy }), (text) => text);
}

/**
 * The program's stack would hide the remedy, so the SDK is told not to show it. It looks at it all the same, for which Node.js 20 was seen to
 * take a minute: there is none.
 */
function failure(error: ExportError, told: (text: string) => string): pulumi.RunError {
  const failed = new pulumi.RunError(told(error.message));
  return Object.assign(failed, { code: error.code, remedy: told(error.remedy), stack: `RunError: ${failed.message}` });
}

/** A check tells in words what is wrong. */
function redactedProblems<T extends object>(result: T, told: (text: string) => string): T {
  if (!("problems" in result && "host" in result)) return result;
  const { problems, host } = result as unknown as LookUpResults["checkHost"];
  return {
    ...result,
    host: told(host),
    problems: problems.map(({ message, remedy, ...rest }) => ({ ...rest, message: told(message), remedy: told(remedy) })),
  };
}
