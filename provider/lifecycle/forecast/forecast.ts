import { randomUUID } from "node:crypto";
import type { ErrorCode } from "../../domain/errors/error-table";
import { type ExportError, isExportError } from "../../domain/errors/export-error";
import { type ExportTarget, mostBytes } from "../../domain/records/export-target";
import { ownerOfUrn } from "../../domain/records/owner";
import { answers } from "../../domain/records/target-match";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { containsUnknown } from "../../domain/values/unknown-value";
import type { FreeBytes } from "../../host/port";
import { lookAt } from "../directory/look";
import { heldClaim, ownershipOf } from "../directory/ownership";
import { createExport } from "../operations/create";
import { UnfinishedExport } from "../operations/unfinished-export";
import { BatchedHost } from "../session/batched-host";
import { explain, isConnectionFailure, isHostError } from "../session/host-failure";
import { MachineQueue } from "../session/machine-queue";
import { Operation, type Surroundings } from "../session/operation";
import { resolveTarget } from "../target/resolve-target";
import { UntouchedHost } from "./untouched-host";

/** What a create would come to. */
export type Forecast =
  /** It would export. What is not known yet is undefined. */
  | {
      readonly kind: "exports";
      readonly isDifferential: boolean;
      readonly disks: number | undefined;
      readonly mostBytes: number | undefined;
      readonly freeBytes: FreeBytes;
    }
  /** It would read the files that are there, and take the finished export over if they are whole. */
  | { readonly kind: "takesOver"; readonly files: number }
  | { readonly kind: "refused"; readonly error: ExportError }
  /** The host does not answer, so nothing can be said. */
  | { readonly kind: "silent"; readonly error: ExportError };

export interface ForecastLimits {
  /** Until the host has answered anything at all: nobody waits longer for a preview's sake. */
  readonly firstAnswer: number;
  readonly whole: number;
}

/**
 * Thinks a create through, up to the call of the method, on a host that is only asked. So it is refused by what would refuse the create
 * itself. A value that is not known yet refuses nothing.
 */
export async function forecastExport(surroundings: Surroundings, inputs: ExportInputs, limits: ForecastLimits): Promise<Forecast> {
  const subject = surroundings.hostName;
  surroundings.host.imagine();
  try {
    await new Operation(surroundings, limits.firstAnswer, "the limit of a preview").machineId();
  } catch (error) {
    return { kind: "silent", error: explain(error, "ask the host", subject) };
  }
  const untouched = new UntouchedHost(surroundings.host);
  const operation = new Operation({ ...surroundings, host: new BatchedHost(untouched) }, limits.whole, "the limit of a preview");
  const thinking = new Thinking(operation, untouched, inputs);
  try {
    return await thinking.run();
  } catch (failed) {
    const error = explain(failed instanceof UnfinishedExport ? failed.reason : failed, "ask the host", subject);
    const isSilent = isConnectionFailure(error.cause) || error.code === "timed-out";
    return { kind: isSilent ? "silent" : "refused", error };
  }
}

/** Errors that another machine, point or set of disks would not give; `names` are the arguments that are not known yet. */
function mayTurnOutWell(error: unknown, names: ReadonlySet<string>): boolean {
  if (!isExportError(error)) return false;
  const of = (...codes: ErrorCode[]) => codes.includes(error.code);
  if (of("virtual-machine-not-found", "virtual-machine-ambiguous")) return names.has("virtualMachine");
  if (names.has("referencePoint")) {
    return of(
      "reference-point-not-found",
      "reference-point-ambiguous",
      "disk-not-found",
      "disk-ambiguous",
      "disk-not-on-machine",
      "disk-not-in-base",
      "base-reference-point-same",
      "base-reference-point-not-older",
    );
  }
  return names.has("disksToExport") && of("disk-not-on-machine", "disk-not-in-base");
}

/** What is there may be of what is not known yet. */
function isRefusedAdoption(error: unknown): boolean {
  return isExportError(error) && error.code === "adoption-refused";
}

/** The create has come to what it may not do here. */
function isStopped(error: unknown): boolean {
  const reason = error instanceof UnfinishedExport ? error.reason : error;
  return isExportError(reason) && isHostError(reason.cause) && reason.cause.kind === "notSupported";
}

class Thinking {
  private readonly unknown: ReadonlySet<string>;
  /** Without what is not known yet and may be left out. */
  private readonly known: ExportInputs;
  private target: ExportTarget | undefined;

  constructor(
    private readonly operation: Operation,
    private readonly untouched: UntouchedHost,
    private readonly inputs: ExportInputs,
  ) {
    this.unknown = new Set(Object.entries(inputs).flatMap(([name, value]) => (containsUnknown(value) ? [name] : [])));
    const mayBeLeftOut = new Set(["referencePoint", "baseReferencePoint", "disksToExport"].filter((name) => this.unknown.has(name)));
    this.known = Object.fromEntries(Object.entries(inputs).filter(([name]) => !mayBeLeftOut.has(name))) as ExportInputs;
  }

  async run(): Promise<Forecast> {
    if (this.unknown.has("exportDirectory")) {
      await this.resolve();
      return this.exports(undefined);
    }
    const own = await this.ownDirectory();
    if (own) return own;
    try {
      await createExport(this.operation, new MachineQueue(), this.known, randomUUID(), () => this.resolve());
    } catch (error) {
      const { firstDeed } = this.untouched;
      if (firstDeed === undefined && !(isRefusedAdoption(error) && this.unknown.size > 0)) throw error;
      if (firstDeed?.kind === "task" && firstDeed.task.kind === "hash") return { kind: "takesOver", files: firstDeed.task.files.length };
      // A create that is refused puts back what it has made; what is said is the refusal.
      if (firstDeed?.kind === "task" && !isStopped(error)) throw error;
    }
    return this.exports(this.untouched.freeBytes);
  }

  /**
   * A directory that is this resource's already: the old half of a replacement that goes first, or what a lost state has forgotten.
   * Nobody can tell which, so what is in it refuses nothing here; the diff has looked at the first case.
   */
  private async ownDirectory(): Promise<Forecast | undefined> {
    const { exportDirectory, createUrn } = this.inputs;
    const look = await lookAt(this.operation, exportDirectory);
    if (look.kind !== "view") return undefined;
    const { urn } = ownerOfUrn(createUrn);
    const claim = heldClaim(ownershipOf(look.view, { exportId: "", urn }));
    if (claim === undefined) return undefined;
    const begun = [claim.finished?.target, claim.attempt?.target].filter((target) => target !== undefined);
    await this.resolve().catch((error: unknown) => {
      // What has been exported of it is as good as ever.
      if (!begun.some((target) => answers(target, this.known))) throw error;
    });
    return this.exports(look.view.freeBytes);
  }

  /** The target as far as it is known; one that may turn out well holds no disks, and so refuses nothing. */
  private async resolve(): Promise<ExportTarget> {
    const { unknown } = this;
    const { virtualMachine } = this.inputs;
    const placeholder: ExportTarget = {
      virtualMachineId: virtualMachine,
      virtualMachineName: virtualMachine,
      referencePointId: this.inputs.referencePoint ?? "",
      consistency: "unknown",
      disksToExport: [],
      disks: [],
    };
    if (unknown.has("virtualMachine")) return placeholder;
    try {
      const target = await resolveTarget(this.operation, this.known);
      const isWhole = !unknown.has("referencePoint") && !unknown.has("disksToExport");
      if (isWhole) this.target = target;
      return isWhole && !unknown.has("baseReferencePoint") ? target : { ...target, disks: [] };
    } catch (error) {
      if (mayTurnOutWell(error, unknown)) return placeholder;
      throw error;
    }
  }

  private exports(freeBytes: FreeBytes): Forecast {
    return {
      kind: "exports",
      isDifferential: this.inputs.baseReferencePoint !== undefined,
      disks: this.target?.disks.length,
      mostBytes: this.target && mostBytes(this.target),
      freeBytes,
    };
  }
}
