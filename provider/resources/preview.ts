import * as pulumi from "@pulumi/pulumi";
import { redact, secretTexts } from "../domain/errors/redaction";
import { ownerOfUrn } from "../domain/records/owner";
import { CHAIN_TYPE, CHECKPOINT_EXPORT_TYPE, EXPORT_TYPE, POINT_TYPE } from "../domain/records/owner-text";
import { UNKNOWN_VALUE } from "../domain/values/unknown-value";
import type { LookAhead, Planned, Verdict } from "../fronts/preview/look-ahead";
import { unsealedProperties } from "./given/unsealed";
import { formerUrnsOf } from "./sdk/former-urns";
import { known } from "./sdk/known-value";
import { isMocked, programNow } from "./sdk/program";

/** Longest pause between two answers of the engine within one batch: a registration that failed is never answered. */
const PAUSE_MS = 1000;

/** Exit code by which the SDK's language host tells the engine that what is wrong has been said already. */
const SAID_ALREADY = 32;

/**
 * In a preview, asks the host what would become of an export, a point or a chain that is to be made, and of a chain that is to be changed, as
 * by a generation that is due: the engine asks a dynamic provider nothing there but to check the arguments. What would refuse a create fails
 * the preview; a host that does not answer is a warning. Elsewhere, and for what stays as it is, it does nothing.
 */
export function lookAheadFor(
  resource: pulumi.CustomResource,
  kind: Planned["kind"],
  args: object,
  opts: pulumi.CustomResourceOptions | undefined,
): void {
  const monitor: object | undefined = pulumi.runtime.getMonitor();
  if (!pulumi.runtime.isDryRun() || monitor === undefined || isMocked()) return;
  if (opts?.id !== undefined || opts?.urn !== undefined) return;
  const batch = batches.get(monitor) ?? new Batch(programNow());
  batches.set(monitor, batch);
  const place = batch.expect();
  // At once, before the program can be taken for ended: an id that is not known yet is one that a create will give.
  const { isKnown } = resource.id as unknown as { readonly isKnown: Promise<boolean> };
  isKnown.then(
    (known) => {
      if (known && (kind === "export" || kind === "point")) return batch.answered();
      const done = pulumi.runtime.rpcKeepAlive();
      void isToBeChanged(resource, known).then((isChanged) => {
        if (isChanged) return lookAhead({ batch, place, kind }, resource, args, opts, done);
        batch.answered();
        return done();
      });
    },
    () => batch.answered(),
  );
}

/** The engine knows what a resource came to, unless it is about to make or to change it. */
async function isToBeChanged(resource: pulumi.CustomResource, isThere: boolean): Promise<boolean> {
  if (!isThere) return true;
  const { result } = resource as unknown as { readonly result: { readonly isKnown: Promise<boolean> } };
  return !(await result.isKnown.catch(() => true));
}

const batches = new WeakMap<object, Batch>();

interface Look {
  readonly batch: Batch;
  readonly place: number;
  readonly kind: Planned["kind"];
}

async function lookAhead(
  { batch, place, kind }: Look,
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
    const formerUrns = await formerUrnsOf(resource, types[kind], opts);
    const id = await known(resource.id);
    const verdict = await batch.verdictOn({ place, planned: { kind, inputs, formerUrns, warn, id }, redacted });
    if (verdict.kind === "shown") await pulumi.log.info(redacted(verdict.text), resource, 0, true);
    else if (verdict.kind === "refused" && id !== undefined) warn(`${verdict.text}\n  ${ONLY_THIS_ONE}`);
    else if (verdict.kind === "refused") {
      const others = await othersThatItDependsOn(args, opts);
      await refuse(resource, redacted(verdict.text), verdict.isOfPoints ? [...others.foreign, ...others.ofPoints] : others.foreign);
    }
  } catch (error) {
    // A preview that cannot look ahead is no worse than none.
    await heard(pulumi.log.warn(`The preview cannot tell what would become of this resource: ${told(String(error))}`, resource));
  } finally {
    done();
  }
}

/** An up whose preview fails makes nothing: for the trouble of one machine, the other chains of a night must not lack their generation. */
const ONLY_THIS_ONE = "Only a warning in a preview: the up fails for this chain alone, and goes on with the others.";

/** What is said to an engine that has ended meanwhile, as over another resource that failed, is said to nobody: that is no failure. */
function heard(saying: Promise<void>): Promise<void> {
  return saying.catch(() => {});
}

/** @param others resources that are made or changed before the export, and may make good what is wrong now */
async function refuse(resource: pulumi.Resource, text: string, others: readonly string[]): Promise<void> {
  if (others.length > 0) {
    await pulumi.log.warn(`${text}\n  Only a warning: it depends on ${others.join(", ")}, which may change that.`, resource);
    return;
  }
  await pulumi.log.error(text, resource);
  // An inline program fails by the error that was logged; the process of a program has to say so.
  if (/[\\/]cmd[\\/]run([\\/]index\.js)?$/.test(process.argv[1] ?? "")) process.exitCode = SAID_ALREADY;
}

interface PlannedInputs {
  readonly inputs: Record<string, unknown>;
  readonly redacted: (text: string) => string;
}

/** The arguments as the engine has them now, transformed and checked; undefined where it has none of them: it will make no such export. */
async function plannedInputs(resource: pulumi.CustomResource, args: object): Promise<PlannedInputs | undefined> {
  const names = Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const outputs = resource as unknown as Readonly<Record<string, unknown>>;
  const { values: inputs, secretNames } = await unsealedProperties(Object.fromEntries(names.map((name) => [name, outputs[name]])));
  if (Object.values(inputs).every((value) => value === UNKNOWN_VALUE)) return undefined;
  inputs.createUrn = await known(resource.urn);
  inputs.secretInputs = secretNames;
  const secrets = secretTexts(inputs, secretNames);
  return { inputs, redacted: (text) => redact(text, secrets) };
}

const types: Readonly<Record<Planned["kind"], string>> = {
  export: EXPORT_TYPE,
  point: POINT_TYPE,
  chain: CHAIN_TYPE,
  checkpointExport: CHECKPOINT_EXPORT_TYPE,
};

/** Names of what stands before a resource, by an argument or by dependsOn. */
interface Others {
  /** It may change anything: make the machine, mount the volume. */
  readonly foreign: readonly string[];
  /** Of ours, it may change which points there are and nothing else. */
  readonly ofPoints: readonly string[];
}

async function othersThatItDependsOn(args: object, opts: pulumi.CustomResourceOptions | undefined): Promise<Others> {
  const [, ofArguments] = await pulumi.runtime.serializeResourceProperties("preview", { ...args });
  const declared = await known(pulumi.output(opts?.dependsOn ?? []).apply((resources) => [resources].flat()));
  const resources = new Set([...[...ofArguments.values()].flatMap((found) => [...found]), ...(declared ?? [])]);
  const urns = await Promise.all([...resources].map(({ urn }) => known(urn)));
  const named = (isMeant: (type: string) => boolean) =>
    urns.filter((urn) => isMeant(typeOf(urn) ?? "")).map((urn) => `"${ownerOfUrn(urn ?? "").resource}"`);
  const ours = Object.values(types);
  return {
    foreign: named((type) => !ours.includes(type)),
    ofPoints: named((type) => type === POINT_TYPE || type === CHAIN_TYPE || type === CHECKPOINT_EXPORT_TYPE),
  };
}

/** The last part of the type, without those of its parents. */
function typeOf(urn: string | undefined): string | undefined {
  return urn?.split("::")[2]?.split("$").at(-1);
}

interface Asking {
  /** Among all that the program declares: of two in one directory the later one is refused, whichever the engine has answered first. */
  readonly place: number;
  readonly planned: Planned;
  readonly redacted: (text: string) => string;
}

interface Waiting extends Asking {
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (reason: unknown) => void;
}

/** What is new or changes in one program: when the engine has answered for all that are declared, the hosts are asked once for all. */
class Batch {
  private declared = 0;
  private expected = 0;
  private waiting: Waiting[] = [];
  private lookAhead: LookAhead | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly program: ReturnType<typeof programNow>) {}

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
      this.lookAhead ??= loadLookAhead(this.program);
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
function loadLookAhead(program: ReturnType<typeof programNow>): LookAhead {
  const front = require("../fronts/preview/look-ahead") as typeof import("../fronts/preview/look-ahead");
  return new front.LookAhead(program);
}

const words = {
  export: ["a new export", "new exports"],
  point: ["a new reference point", "new reference points"],
  chain: ["a chain", "chains"],
  checkpointExport: ["an export by a checkpoint", "exports by a checkpoint"],
} as const;

/** Once a host, however many resources it is about. */
async function warnOfSilence(sent: readonly Waiting[], verdicts: readonly Verdict[]): Promise<void> {
  const silent = new Map<string, { text: string; kinds: Planned["kind"][] }>();
  verdicts.forEach((verdict, index) => {
    const one = sent[index];
    if (verdict.kind !== "silent" || one === undefined) return;
    // Its name may be a secret of one of them.
    const redacted = (text: string) => sent.reduce((left, other) => other.redacted(left), text);
    const host = redacted(verdict.host);
    const known = silent.get(host) ?? { text: one.redacted(redacted(verdict.text)), kinds: [] };
    silent.set(host, { ...known, kinds: [...known.kinds, one.planned.kind] });
  });
  for (const [host, { text, kinds }] of silent) {
    const [kind] = kinds;
    // One that is due is none that is new.
    const mixed = kinds.some((one) => one === "chain" || one === "checkpointExport") ? "resources" : "new resources";
    const [one, several] = kind !== undefined && kinds.every((each) => each === kind) ? words[kind] : [undefined, mixed];
    const about = kinds.length === 1 ? one : `${kinds.length} ${several}`;
    await pulumi.log.warn(`The preview does not know what would become of ${about} on ${host}: ${text}`);
  }
}
