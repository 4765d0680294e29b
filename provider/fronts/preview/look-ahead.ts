import type { ExportError } from "../../domain/errors/export-error";
import { hostName } from "../../domain/hosts/host-input";
import { declaredInputs } from "../../domain/reference-point-export/declared-inputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { formatBytes } from "../../domain/values/byte-size";
import { containsUnknown } from "../../domain/values/unknown-value";
import { askedOnce } from "../../host/asked-once";
import { Exports, type Forecast } from "../../lifecycle/exports";
import { OpenHosts } from "../open-hosts";
import { DeclaredDirectories } from "./same-directory";

/** An export that a preview is about to show as made. */
export interface PlannedExport {
  /** As check has returned them, unknown values as the engine sends them, `createUrn` the resource's URN. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** A warning of the resource. */
  warn(text: string): void;
}

export type Verdict =
  | { readonly kind: "shown"; readonly text: string }
  | { readonly kind: "refused"; readonly text: string }
  /** The host does not answer; `text` says why. */
  | { readonly kind: "silent"; readonly host: string; readonly text: string }
  /** Not even the host is known yet. */
  | { readonly kind: "nothing" };

/** Longer than sessions need to end. */
const CLOSE_LIMIT_MS = 3000;

/** Looks ahead for one program: hosts are asked by all of its new exports at once, and no session stays open. */
export class LookAhead {
  private readonly directories = new DeclaredDirectories((host) => new OpenHosts().pathStyleOf(host));

  async at(planned: readonly PlannedExport[]): Promise<Verdict[]> {
    const hosts = new OpenHosts(askedOnce);
    const exports = new Exports(hosts);
    try {
      return await Promise.all(planned.map((one) => this.verdictOn(exports, one)));
    } finally {
      await within(CLOSE_LIMIT_MS, hosts.close());
    }
  }

  private async verdictOn(exports: Exports, { inputs: given, warn }: PlannedExport): Promise<Verdict> {
    const inputs = declaredInputs(given);
    if (inputs.host === undefined || containsUnknown(inputs.host)) return { kind: "nothing" };
    const taken = this.directories.declare(inputs);
    if (taken) return refused(taken);
    const forecast = await exports.forecast(inputs, { ...silent, warn });
    switch (forecast.kind) {
      case "refused":
        return refused(forecast.error);
      case "silent":
        return { kind: "silent", host: hostName(inputs.host), text: forecast.error.message };
      default:
        return { kind: "shown", text: inShort(forecast, inputs) };
    }
  }
}

/** A forecast says what it has to say at its end. */
const silent = { progress: () => {}, conclude: () => {}, concludeIfShown: () => {} };

function refused(error: ExportError): Verdict {
  return { kind: "refused", text: error.message };
}

/** "full, 2 disks, at most 7 MiB, 812 GiB free": what a preview shows on the row of a new export. */
function inShort(forecast: Extract<Forecast, { kind: "exports" | "takesOver" }>, { baseReferencePoint }: ExportInputs): string {
  if (forecast.kind === "takesOver") return `takes over the finished export that is there, after reading ${count(forecast.files, "file")}`;
  const { isDifferential, disks, mostBytes, freeBytes } = forecast;
  const base = containsUnknown(baseReferencePoint) ? "" : ` since ${baseReferencePoint}`;
  return [
    isDifferential ? `differential${base}` : "full",
    ...(disks === undefined ? [] : [count(disks, "disk")]),
    ...(mostBytes === undefined ? [] : [`at most ${formatBytes(mostBytes)}`]),
    ...(freeBytes === undefined ? [] : [`${formatBytes(freeBytes)} free`]),
  ].join(", ");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
