import { ExportError } from "../../domain/errors/export-error";
import type { PointInputs } from "../../domain/reference-point/properties";
import { askedInPreview, type NoAnswer, type PreviewLimits } from "../session/asked-in-preview";
import { Operation, type Surroundings } from "../session/operation";
import { findMachine } from "../target/resolve-target";

/** What a create would come to, as far as the host tells without being asked to make a point. */
export type PointForecast = { readonly kind: "makes"; readonly disks: number } | NoAnswer;

export function forecastPoint(surroundings: Surroundings, inputs: PointInputs, limits: PreviewLimits): Promise<PointForecast> {
  return askedInPreview<PointForecast>(surroundings, limits, async (reached, whole) => {
    const { name, disks } = await findMachine(new Operation(reached, whole, "the limit of a preview"), inputs);
    if (disks.length > 0) return { kind: "makes", disks: disks.length };
    throw new ExportError("no-disks", { step: "make a reference point", subject: name, reason: "the machine has no virtual hard disk" });
  });
}
