import { ExportError } from "../../domain/errors/export-error";
import type { ExportTarget } from "../../domain/records/claim";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { Operation } from "../session/operation";
import { resolveTarget } from "./resolve-target";

const STEP = "repair the damaged export";

/** The same machine and point as before, by their ids: a repair never exports something else. */
export async function rememberedTarget(operation: Operation, state: ExportState, inputs: ExportInputs): Promise<ExportTarget> {
  const { virtualMachineId, referencePointId, baseReferencePointId } = state;
  const base = baseReferencePointId !== undefined && { baseReferencePoint: baseReferencePointId };
  const point = referencePointId !== undefined && { referencePoint: referencePointId };
  try {
    return await resolveTarget(operation, { ...inputs, virtualMachine: virtualMachineId ?? inputs.virtualMachine, ...point, ...base });
  } catch (error) {
    if (!(error instanceof ExportError) || !error.code.includes("reference-point")) throw error;
    const remedy =
      "The damaged export cannot be made again, since its point is gone. Save what you need of it, then declare another referencePoint (the resource is replaced).";
    throw new ExportError(error.code, { step: STEP, subject: error.subject, reason: error.reason, remedy }, { cause: error });
  }
}
