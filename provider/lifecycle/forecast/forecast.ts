import { randomUUID } from "node:crypto";
import type { ErrorCode } from "../../domain/errors/error-table";
import { isExportError } from "../../domain/errors/export-error";
import { codesOfPoints } from "../../domain/errors/of-points";
import type { Claim } from "../../domain/records/claim";
import { type ExportTarget, mostBytes } from "../../domain/records/export-target";
import { ownerOfUrn } from "../../domain/records/owner";
import { answers, sameTarget } from "../../domain/records/target-match";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { containsUnknown } from "../../domain/values/unknown-value";
import type { FreeBytes } from "../../host/port";
import { lookAt } from "../directory/look";
import { heldClaim, ownershipOf } from "../directory/ownership";
import { warnOfUntoldSpace } from "../export-job/free-space";
import { createExport } from "../operations/create";
import { UnfinishedExport } from "../operations/unfinished-export";
import { askedInPreview, type NoAnswer, type PreviewLimits } from "../session/asked-in-preview";
import { BatchedHost } from "../session/batched-host";
import { isHostError } from "../session/host-failure";
import { MachineQueue } from "../session/machine-queue";
import { Operation, type Surroundings } from "../session/operation";
import { resolveTarget } from "../target/resolve-target";
import { UntouchedHost } from "./untouched-host";

/**
 * What becomes of an export, or of what was begun of one, that this resource has in the directory already. A whole one of the same target
 * is removed by a replacement and taken over by a create whose state was lost: which of them the up is, nobody can tell here.
 */
export type FirstOfAll = "goesOn" | "removesBegun" | "removesExport" | "removesOrTakesOver";

/** What a create would come to. */
export type Forecast =
  /** It would export. What is not known yet is undefined. */
  | {
      readonly kind: "exports";
      readonly isDifferential: boolean;
      readonly disks: number | undefined;
      readonly mostBytes: number | undefined;
      readonly freeBytes: FreeBytes;
      /** What becomes of what is there of this resource already. */
      readonly first?: FirstOfAll;
      /** The export directory with links resolved, where that is known. */
      readonly canonicalPath: string | undefined;
    }
  /** It would read the files that are there, and take the finished export over if they are whole. */
  | { readonly kind: "takesOver"; readonly files: number; readonly canonicalPath: string | undefined }
  | NoAnswer;

/**
 * Thinks a create through, up to the call of the method, on a host that is only asked. So it is refused by what would refuse the create
 * itself. A value that is not known yet refuses nothing.
 */
export function forecastExport(
  surroundings: Surroundings,
  inputs: ExportInputs,
  limits: PreviewLimits,
  formerUrns: readonly string[] = [],
): Promise<Forecast> {
  return askedInPreview<Forecast>(surroundings, limits, (reached, whole) => {
    const untouched = new UntouchedHost(reached.host);
    const operation = new Operation({ ...reached, host: new BatchedHost(untouched) }, whole, "the limit of a preview");
    return new Thinking(operation, untouched, inputs, formerUrns).run();
  });
}

/** Errors that another machine, point or set of disks would not give; `names` are the arguments that are not known yet. */
function mayTurnOutWell(error: unknown, names: ReadonlySet<string>): boolean {
  if (!isExportError(error)) return false;
  const of = (...codes: ErrorCode[]) => codes.includes(error.code);
  if (of("virtual-machine-not-found", "virtual-machine-ambiguous")) return names.has("virtualMachine");
  if (names.has("referencePoint")) return codesOfPoints.has(error.code) && error.code !== "base-reference-point-not-found";
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
    private readonly formerUrns: readonly string[],
  ) {
    this.unknown = new Set(Object.entries(inputs).flatMap(([name, value]) => (containsUnknown(value) ? [name] : [])));
    const mayBeLeftOut = new Set(
      ["referencePoint", "baseReferencePoint", "disksToExport", "requireConsistency"].filter((name) => this.unknown.has(name)),
    );
    this.known = Object.fromEntries(Object.entries(inputs).filter(([name]) => !mayBeLeftOut.has(name))) as ExportInputs;
  }

  async run(): Promise<Forecast> {
    if (this.unknown.has("exportDirectory")) {
      await this.resolve();
      return this.exports({ freeBytes: undefined, canonicalPath: undefined });
    }
    const own = await this.ownDirectory();
    if (own) return own;
    try {
      await createExport(this.operation, new MachineQueue(), this.known, randomUUID(), () => this.resolve());
    } catch (error) {
      const { firstDeed } = this.untouched;
      if (firstDeed === undefined && !(isRefusedAdoption(error) && this.unknown.size > 0)) throw error;
      if (firstDeed?.kind === "task" && firstDeed.task.kind === "hash") {
        const { files, canonicalPath } = firstDeed.task;
        return { kind: "takesOver", files: files.length, canonicalPath };
      }
      // A create that is refused puts back what it has made; what is said is the refusal.
      if (firstDeed?.kind === "task" && !isStopped(error)) throw error;
    }
    return this.exports(this.untouched);
  }

  /**
   * A directory that is this resource's already: the old half of a replacement that goes first, or what a lost state has forgotten.
   * Nobody can tell which, so what is in it refuses nothing here; the diff has looked at the first case.
   */
  private async ownDirectory(): Promise<Forecast | undefined> {
    const { exportDirectory, createUrn } = this.inputs;
    const look = await lookAt(this.operation, exportDirectory);
    if (look.kind !== "view") return undefined;
    const [claim] = [createUrn, ...this.formerUrns].flatMap(
      (urn) => heldClaim(ownershipOf(look.view, { exportId: "", urn: ownerOfUrn(urn).urn })) ?? [],
    );
    if (claim === undefined) return undefined;
    const begun = [claim.finished?.target, claim.attempt?.target].filter((target) => target !== undefined);
    await this.resolve().catch((error: unknown) => {
      // What has been exported of it is as good as ever.
      if (!begun.some((target) => answers(target, this.known))) throw error;
    });
    if (this.target) warnOfUntoldSpace(this.operation, this.target, exportDirectory, look.view.freeBytes);
    return { ...this.exports(look.view), ...this.firstOfAll(claim) };
  }

  private firstOfAll({ finished, attempt }: Claim): { readonly first?: FirstOfAll } {
    const held = finished?.target ?? attempt?.target;
    if (held === undefined || this.unknown.size > 0) return {};
    const isSame = this.target ? sameTarget(held, this.target) : answers(held, this.known);
    if (finished) return { first: isSame ? "removesOrTakesOver" : "removesExport" };
    return { first: isSame ? "goesOn" : "removesBegun" };
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

  private exports({
    freeBytes,
    canonicalPath,
  }: Pick<UntouchedHost, "freeBytes" | "canonicalPath">): Extract<Forecast, { kind: "exports" }> {
    return {
      kind: "exports",
      isDifferential: this.inputs.baseReferencePoint !== undefined,
      disks: this.target?.disks.length,
      mostBytes: this.target && mostBytes(this.target),
      freeBytes,
      canonicalPath,
    };
  }
}
