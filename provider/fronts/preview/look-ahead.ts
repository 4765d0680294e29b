import { chainOfOne } from "../../domain/checkpoint-export/chain-of-one";
import { declaredCheckpointExport } from "../../domain/checkpoint-export/declared-checkpoint-export";
import type { ExportError } from "../../domain/errors/export-error";
import { codesOfPoints } from "../../domain/errors/of-points";
import { declaredChain } from "../../domain/export-chain/declared-chain";
import { fullReasons, type GenerationPlan } from "../../domain/export-chain/generation/generation-plan";
import type { ChainInputs } from "../../domain/export-chain/properties";
import { hostName } from "../../domain/hosts/host-input";
import { normaliseReferencePointId } from "../../domain/hyperv/guid";
import { nameSome } from "../../domain/listing/foreign-files";
import type { PathStyle } from "../../domain/paths/path-rules";
import { declaredPoint } from "../../domain/reference-point/declared-point";
import { declaredInputs } from "../../domain/reference-point-export/declared-inputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { formatBytes } from "../../domain/values/byte-size";
import { containsUnknown } from "../../domain/values/unknown-value";
import { type ChainForecast, Chains, type Told } from "../../lifecycle/chains";
import type { Hosts, NoAnswer } from "../../lifecycle/door";
import { Exports, type Forecast } from "../../lifecycle/exports";
import { ReferencePoints } from "../../lifecycle/points";
import { missingLabOf } from "../missing-lab";
import { OpenHosts } from "../open-hosts";
import { type Program, ProgramHosts } from "../program-hosts";
import { DeclaredDirectories } from "./same-directory";

/** What a preview is about to show as made. */
export interface Planned {
  readonly kind: "export" | "point" | "chain" | "checkpointExport";
  /** The id of one that is to be changed; none of one that is new. */
  readonly id?: string | undefined;
  /** As check has returned them, unknown values as the engine sends them, `createUrn` the resource's URN. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the resource was called before, as far as its aliases say. */
  readonly formerUrns: readonly string[];
  /** A warning of the resource. */
  warn(text: string): void;
}

export type Verdict =
  | { readonly kind: "shown"; readonly text: string }
  | {
      readonly kind: "refused";
      readonly text: string;
      /** A point that is made before may change that. */
      readonly isOfPoints: boolean;
    }
  /** The host does not answer; `text` says why. */
  | { readonly kind: "silent"; readonly host: string; readonly text: string }
  /** Not even the host is known yet. */
  | { readonly kind: "nothing" };

/** Looks ahead for one program: hosts are asked by all of its new exports at once, and no session stays open. */
export class LookAhead {
  private readonly directories = new DeclaredDirectories(styleOf);
  /** The same with links resolved: two texts may lead to one directory. */
  private readonly places = new DeclaredDirectories(styleOf);

  constructor(private readonly program: Program) {}

  at(planned: readonly Planned[]): Promise<Verdict[]> {
    const verdicts = async (hosts: Hosts) => {
      const doors = { exports: new Exports(hosts), points: new ReferencePoints(hosts), chains: new Chains(hosts) };
      const answers = await Promise.all(
        planned.map((one) => {
          if (one.kind === "point") return verdictOnPoint(doors.points, one);
          return one.kind === "export" ? this.forecastOf(doors.exports, one) : this.chainForecastOf(doors.chains, one);
        }),
      );
      // In the order of the program, whichever host answers first.
      return planned.map((one, index) => {
        const answer = answers[index] as Verdict | Asked | AskedOfChain;
        if ("chainForecast" in answer) return this.verdictOnChain(one, answer);
        return "forecast" in answer ? this.verdictOn(one, answer) : answer;
      });
    };
    return ProgramHosts.of(this.program).use(verdicts, { isLast: true });
  }

  private async forecastOf(exports: Exports, { inputs: given, formerUrns, warn }: Planned): Promise<Verdict | Asked> {
    const inputs = declaredInputs(given);
    if (inputs.host === undefined || containsUnknown(inputs.host)) return { kind: "nothing" };
    const taken = this.directories.declare(inputs);
    if (taken) return refused(taken);
    const missingLab = missingLabOf(inputs.host);
    return { inputs, missingLab, forecast: await exports.forecast(inputs, { ...silent, warn }, formerUrns) };
  }

  private async chainForecastOf(chains: Chains, planned: Planned): Promise<Verdict | AskedOfChain> {
    const { kind, id, inputs: given, formerUrns, warn } = planned;
    const inputs = kind === "chain" ? declaredChain(given) : chainOfOne(declaredCheckpointExport(given));
    if (inputs.host === undefined || containsUnknown(inputs.host) || containsUnknown(inputs.virtualMachine)) return { kind: "nothing" };
    const taken = this.directories.declare({ ...inputs, exportDirectory: inputs.directory });
    if (taken) return refused(taken);
    const missingLab = missingLabOf(inputs.host);
    const chainForecast = await chains.forecast(inputs, { ...silent, warn }, { chainId: id, formerUrns });
    return { inputs, missingLab, chainForecast };
  }

  private verdictOnChain({ warn }: Planned, { inputs, missingLab, chainForecast }: AskedOfChain): Verdict {
    if (chainForecast.kind === "refused" || chainForecast.kind === "silent") {
      return unanswered(chainForecast, inputs.host, missingLab, warn);
    }
    const { canonicalPath } = chainForecast;
    const directory = { ...inputs, exportDirectory: inputs.directory };
    const taken = canonicalPath === undefined ? undefined : this.places.declare(directory, canonicalPath);
    if (taken) return refused(taken);
    return { kind: "shown", text: [chainInShort(chainForecast), ...(missingLab ? [missingLab] : [])].join("; ") };
  }

  private verdictOn({ warn }: Planned, { inputs, missingLab, forecast }: Asked): Verdict {
    if (forecast.kind === "refused" || forecast.kind === "silent") return unanswered(forecast, inputs.host, missingLab, warn);
    const { canonicalPath } = forecast;
    const taken = canonicalPath === undefined ? undefined : this.places.declare(inputs, canonicalPath);
    if (taken) return refused(taken);
    return { kind: "shown", text: [inShort(forecast, inputs), ...(missingLab ? [missingLab] : [])].join("; ") };
  }
}

/** An export of which the host has been asked. */
interface Asked {
  readonly inputs: ExportInputs;
  readonly missingLab: string | undefined;
  readonly forecast: Forecast;
}

/** The same of a chain. */
interface AskedOfChain {
  readonly inputs: ChainInputs;
  readonly missingLab: string | undefined;
  readonly chainForecast: ChainForecast;
}

async function verdictOnPoint(points: ReferencePoints, { inputs: given, warn }: Planned): Promise<Verdict> {
  const inputs = declaredPoint(given);
  if (inputs.host === undefined || containsUnknown(inputs.host) || containsUnknown(inputs.virtualMachine)) return { kind: "nothing" };
  const missingLab = missingLabOf(inputs.host);
  const forecast = await points.forecast(inputs, { ...silent, warn });
  if (forecast.kind !== "makes") return unanswered(forecast, inputs.host, missingLab, warn);
  return { kind: "shown", text: [`a point of ${count(forecast.disks, "disk")}`, ...(missingLab ? [missingLab] : [])].join("; ") };
}

function unanswered({ kind, error }: NoAnswer, host: ExportInputs["host"], missingLab: string | undefined, warn: Planned["warn"]): Verdict {
  if (kind === "silent") return { kind, host: hostName(host), text: whyAndRemedy(error) };
  if (missingLab) warn(`${missingLab}; the preview has looked at that one`);
  return refused(error);
}

function styleOf(host: unknown): PathStyle | undefined {
  return new OpenHosts().pathStyleOf(host);
}

/** A forecast says what it has to say at its end. */
const silent = { progress: () => {}, conclude: () => {}, concludeIfShown: () => {} };

function refused(error: ExportError): Verdict {
  return { kind: "refused", text: error.message, isOfPoints: codesOfPoints.has(error.code) };
}

/** Without what failed and on what, where the sentence before has said both. */
function whyAndRemedy({ reason, message }: ExportError): string {
  return message.slice(message.indexOf(reason));
}

/** "full, 2 disks, at most 7 MiB, 812 GiB free": what a preview shows on the row of a new export. */
function inShort(forecast: Extract<Forecast, { kind: "exports" | "takesOver" }>, { baseReferencePoint }: ExportInputs): string {
  if (forecast.kind === "takesOver") return `takes over the finished export that is there, after reading ${count(forecast.files, "file")}`;
  const { isDifferential, disks, mostBytes, freeBytes, first } = forecast;
  const base = containsUnknown(baseReferencePoint) ? "" : ` since ${wholeId(String(baseReferencePoint))}`;
  const made = [
    isDifferential ? `differential${base}` : "full",
    ...(disks === undefined ? [] : [count(disks, "disk")]),
    ...(mostBytes === undefined ? [] : [`at most ${formatBytes(mostBytes)}`]),
    ...(freeBytes === undefined ? [] : [`${formatBytes(freeBytes)} free`]),
  ].join(", ");
  return [made, ...(first === undefined ? [] : [firstOfAll[first]])].join("; ");
}

/** "full (it is the chain's first generation), 2 disks, at most 7 MiB, 812 GiB free; removes n1": the same of a chain. */
function chainInShort(forecast: Told): string {
  const removes = forecast.removes.length === 0 ? [] : [`removes ${nameSome(forecast.removes)}`];
  const { takesOver } = forecast;
  const taken = takesOver === undefined ? [] : [`takes over ${count(takesOver, "generation")}`];
  if (forecast.kind === "rests") return [...taken, "makes no generation", ...removes].join("; ");
  const { label, plan, disks, mostBytes, freeBytes, isBegun } = forecast;
  const made = [
    ...(label === undefined ? [] : [label]),
    ...(plan === undefined ? [] : [kindInShort(plan)]),
    ...(disks === undefined ? [] : [count(disks, "disk")]),
    ...(mostBytes === undefined ? [] : [`at most ${formatBytes(mostBytes)}`]),
    ...(freeBytes === undefined ? [] : [`${formatBytes(freeBytes)} free`]),
  ].join(", ");
  return [...taken, isBegun ? `goes on with the generation that was begun: ${made}` : made, ...removes].join("; ");
}

function kindInShort(plan: GenerationPlan): string {
  if (plan.kind === "full") return `full (${fullReasons[plan.reason]})`;
  return plan.base === undefined ? `differential since ${plan.baseReferencePointId}` : `differential after ${plan.base}`;
}

const firstOfAll: Readonly<Record<NonNullable<Extract<Forecast, { kind: "exports" }>["first"]>, string>> = {
  goesOn: "goes on with the export that was begun",
  removesBegun: "what was begun there is removed first",
  removesExport: "the export that is there is removed first",
  removesOrTakesOver: "the export that is there is removed first, or taken over if the state has lost it",
};

/** As Hyper-V writes it, whichever way the program does. */
function wholeId(point: string): string {
  const parsed = normaliseReferencePointId(point);
  return parsed.ok ? parsed.value : point;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
