import * as pulumi from "@pulumi/pulumi";
import { redact, secretTexts } from "../domain/errors/redaction";
import { ownerOfUrn } from "../domain/records/owner";
import { UNKNOWN_VALUE } from "../domain/values/unknown-value";
import type { LookAhead, PlannedExport, Verdict } from "../fronts/preview/look-ahead";

/** Longest pause between two answers of the engine within one batch: a registration that failed is never answered. */
const PAUSE_MS = 1000;

/** Exit code by which the SDK's language host tells the engine that what is wrong has been said already. */
const SAID_ALREADY = 32;

/**
 * In a preview, asks the host what would become of an export that is to be made: the engine asks a dynamic provider nothing there but
 * to check the arguments. What would refuse the create fails the preview; a host that does not answer is a warning. Elsewhere, and for
 * an export that exists, it does nothing.
 */
export function lookAheadFor(resource: pulumi.CustomResource, args: object, opts: pulumi.CustomResourceOptions | undefined): void {
  const monitor: object | undefined = pulumi.runtime.getMonitor();
  if (!pulumi.runtime.isDryRun() || monitor === undefined || monitor.constructor.name === "MockMonitor") return;
  if (opts?.id !== undefined || opts?.urn !== undefined) return;
  const batch = batches.get(monitor) ?? new Batch();
  batches.set(monitor, batch);
  const place = batch.expect();
  // At once, before the program can be taken for ended: an id that is not known yet is one that a create will give.
  const { isKnown } = resource.id as unknown as { readonly isKnown: Promise<boolean> };
  isKnown.then(
    (known) => {
      if (known) batch.answered();
      else void lookAhead(batch, place, resource, args, opts, pulumi.runtime.rpcKeepAlive());
    },
    () => batch.answered(),
  );
}

const batches = new WeakMap<object, Batch>();

async function lookAhead(
  batch: Batch,
  place: number,
  resource: pulumi.CustomResource,
  args: object,
  opts: pulumi.CustomResourceOptions | undefined,
  done: () => void,
): Promise<void> {
  // Until it is known what is secret, nothing is repeated.
  let told = (_: string) => "what it was given cannot be read";
  try {
    const planned = await plannedInputs(resource, args).finally(() => batch.answered());
    if (planned === undefined) return;
    const { inputs, redacted } = planned;
    told = redacted;
    const warn = (text: string) => void heard(pulumi.log.warn(redacted(text), resource));
    const verdict = await batch.verdictOn({ place, planned: { inputs, warn }, redacted });
    if (verdict.kind === "shown") await pulumi.log.info(redacted(verdict.text), resource, 0, true);
    else if (verdict.kind === "refused") await refuse(resource, redacted(verdict.text), await othersThatItDependsOn(resource, args, opts));
  } catch (error) {
    // A preview that cannot look ahead is no worse than none.
    await heard(pulumi.log.warn(`The preview cannot tell what would become of this export: ${told(String(error))}`, resource));
  } finally {
    done();
  }
}

/** What is said to an engine that has ended meanwhile, as over another resource that failed, is said to nobody: that is no failure. */
function heard(saying: Promise<void>): Promise<void> {
  return saying.catch(() => {});
}

/** @param others resources that are made or changed before the export, and may make good what is wrong now */
async function refuse(resource: pulumi.Resource, text: string, others: readonly string[]): Promise<void> {
  if (others.length > 0) {
    await pulumi.log.warn(`${text}\n  Only a warning: the export depends on ${others.join(", ")}, which may change that.`, resource);
    return;
  }
  await pulumi.log.error(text, resource);
  // An inline program fails by the error that was logged; the process of a program has to say so.
  if (/[\\/]cmd[\\/]run([\\/]index\.js)?$/.test(process.argv[1] ?? "")) process.exitCode = SAID_ALREADY;
}

interface Planned {
  readonly inputs: Record<string, unknown>;
  readonly redacted: (text: string) => string;
}

/** The arguments as the engine has them now, transformed and checked; undefined where it has none of them: it will make no such export. */
async function plannedInputs(resource: pulumi.CustomResource, args: object): Promise<Planned | undefined> {
  const names = Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const outputs = resource as unknown as Readonly<Record<string, unknown>>;
  const sealed = await pulumi.runtime.serializeProperties("preview", Object.fromEntries(names.map((name) => [name, outputs[name]])));
  const secretNames: string[] = [];
  const inputs = unsealed(sealed, "", secretNames) as Record<string, unknown>;
  if (Object.values(inputs).every((value) => value === UNKNOWN_VALUE)) return undefined;
  inputs.createUrn = await known(resource.urn);
  const secrets = secretTexts(inputs, secretNames);
  return { inputs, redacted: (text) => redact(text, secrets) };
}

/** Plain values, and the names of those that were secret. */
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

/** The names of what is no export and stands before this one: by an argument, or by dependsOn. */
async function othersThatItDependsOn(
  resource: pulumi.CustomResource,
  args: object,
  opts: pulumi.CustomResourceOptions | undefined,
): Promise<string[]> {
  const [, ofArguments] = await pulumi.runtime.serializeResourceProperties("preview", { ...args });
  const declared = await known(pulumi.output(opts?.dependsOn ?? []).apply((resources) => [resources].flat()));
  const resources = new Set([...[...ofArguments.values()].flatMap((found) => [...found]), ...(declared ?? [])]);
  const urns = await Promise.all([...resources].map(({ urn }) => known(urn)));
  const own = typeOf(await known(resource.urn));
  return urns.filter((urn) => typeOf(urn) !== own).map((urn) => `"${ownerOfUrn(urn ?? "").resource}"`);
}

/** The last part of the type, without those of its parents. */
function typeOf(urn: string | undefined): string | undefined {
  return urn?.split("::")[2]?.split("$").at(-1);
}

/** An output's value; undefined where it is not known yet. */
function known<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return (output as unknown as { promise(): Promise<T | undefined> }).promise();
}

interface Asking {
  /** Among all that the program declares: of two in one directory the later one is refused, whichever the engine has answered first. */
  readonly place: number;
  readonly planned: PlannedExport;
  readonly redacted: (text: string) => string;
}

interface Waiting extends Asking {
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (reason: unknown) => void;
}

/** The new exports of one program: when the engine has answered for all that are declared, the hosts are asked once for all. */
class Batch {
  private declared = 0;
  private expected = 0;
  private waiting: Waiting[] = [];
  private lookAhead: LookAhead | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @returns the place of the one that is declared */
  expect(): number {
    this.expected++;
    return this.declared++;
  }

  answered(): void {
    this.expected--;
    this.schedule();
  }

  verdictOn(asking: Asking): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...asking, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.waiting.length === 0) return;
    this.timer = setTimeout(() => void this.send(), this.expected > 0 ? PAUSE_MS : 0);
  }

  private async send(): Promise<void> {
    const sent = this.waiting.sort((one, other) => one.place - other.place);
    this.waiting = [];
    try {
      this.lookAhead ??= loadLookAhead();
      const verdicts = await this.lookAhead.at(sent.map(({ planned }) => planned));
      await warnOfSilence(sent, verdicts);
      sent.forEach(({ resolve }, index) => {
        resolve(verdicts[index] ?? { kind: "nothing" });
      });
    } catch (error) {
      for (const { reject } of sent) reject(error);
    }
  }
}

/** Only here: what asks hosts is of no use to an up, and costs memory. */
function loadLookAhead(): LookAhead {
  const front = require("../fronts/preview/look-ahead") as typeof import("../fronts/preview/look-ahead");
  return new front.LookAhead();
}

/** Once a host, however many exports it is about. */
async function warnOfSilence(sent: readonly Waiting[], verdicts: readonly Verdict[]): Promise<void> {
  const silent = new Map<string, { text: string; exports: number }>();
  verdicts.forEach((verdict, index) => {
    if (verdict.kind !== "silent") return;
    // Its name may be a secret of one of them.
    const redacted = (text: string) => sent.reduce((left, one) => one.redacted(left), text);
    const host = redacted(verdict.host);
    const known = silent.get(host) ?? { text: sent[index]?.redacted(redacted(verdict.text)) ?? "", exports: 0 };
    silent.set(host, { ...known, exports: known.exports + 1 });
  });
  for (const [host, { text, exports }] of silent) {
    const about = exports === 1 ? "a new export" : `${exports} new exports`;
    await pulumi.log.warn(`The preview does not know what would become of ${about} on ${host}: ${text}`);
  }
}
