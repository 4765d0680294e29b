import { ExportError } from "../../../domain/errors/export-error";
import { type ChainRecord, type GenerationAttempt, newestOf } from "../../../domain/export-chain/chain-record";
import type { GenerationCondition } from "../../../domain/export-chain/generation/condition";
import { fullReasons, type GenerationPlan, isLoss, planGeneration } from "../../../domain/export-chain/generation/generation-plan";
import { hasId, sameId } from "../../../domain/hyperv/same-id";
import { nameSome } from "../../../domain/listing/foreign-files";
import type { Chaining } from "../record/chaining";

const STEP = "make the generation";

type Conditions = ReadonlyMap<string, GenerationCondition>;

/** Of which machine a generation is to be, and what it is called. */
export type Planned = Pick<GenerationAttempt, "label" | "virtualMachineId" | "virtualMachineName">;

/** A difference is worth no more than what it continues. */
export function isRestorable(base: string | undefined, conditions: Conditions): boolean {
  return base === undefined || conditions.get(base) === "intact";
}

/** Where a lost base is an error, no point is made that nobody needs. Which disks there are does not matter to that. */
export async function refuseLostBase(chaining: Omit<Chaining, "queue">, planned: Planned, conditions: Conditions): Promise<void> {
  const { onLostBase, baseReferencePoint } = chaining.inputs;
  const newest = newestOf(chaining.file.record);
  const mayFail = baseReferencePoint !== undefined || (onLostBase === "fail" && newest !== undefined);
  if (mayFail) await planOf(chaining, planned, conditions, newest?.diskIds ?? []);
}

/** Whether the generation is to be a full one, by how the others stand and by the points that the host lists. */
export async function planOf(
  { operation, inputs, file }: Omit<Chaining, "queue">,
  { label, virtualMachineId, virtualMachineName }: Planned,
  conditions: Conditions,
  diskIds: readonly string[],
): Promise<GenerationPlan> {
  const generations = file.record.generations.map((generation) => ({
    ...generation,
    intact: conditions.get(generation.label) === "intact",
  }));
  const points = await operation.ask("list the reference points", virtualMachineName, () =>
    operation.host.listReferencePoints(virtualMachineId),
  );
  const pointsThere = points.map(({ id }) => id);
  const { baseReferencePoint: named } = inputs;
  if (named !== undefined) {
    refuseOwnBase(file.record, named);
    if (hasId(pointsThere, named)) return { kind: "differential", baseReferencePointId: named };
    throw lostBase(virtualMachineName, named, pointsThere);
  }
  const plan = planGeneration({ generations, fullEvery: inputs.fullEvery, virtualMachineId, pointsThere, diskIds });
  if (plan.kind === "full" && isLoss(plan.reason) && inputs.onLostBase === "fail") {
    throw new ExportError("chain-base-lost", { step: STEP, subject: label, reason: fullReasons[plan.reason] });
  }
  return plan;
}

/** What is there goes once the new one is whole, and a difference to it would be all that is left. */
function refuseOwnBase({ points }: ChainRecord, named: string): void {
  if (!points.some(({ referencePointId }) => sameId(referencePointId, named))) return;
  const reason = "it is the point of the export that is in the directory, which would be removed once the new one is there";
  const remedy = "Declare the difference as a resource of its own, in another directory; or declare an ExportChain.";
  throw new ExportError("base-reference-point-same", { step: "find the base reference point", subject: named, reason, remedy });
}

/** A difference to a point that the host does not list, or lists of another machine. */
export function lostBase(virtualMachineName: string, point: string, pointsThere: readonly string[]): ExportError {
  const there = pointsThere.length === 0 ? "the machine has no reference points" : `its points are ${nameSome(pointsThere)}`;
  const reason = `it is no point of ${virtualMachineName}: ${there}`;
  return new ExportError("base-reference-point-not-found", { step: "find the base reference point", subject: point, reason });
}

/** "a differential generation, after 2026-11-27": what a person is told of it. */
export function describePlan(plan: GenerationPlan): string {
  if (plan.kind === "full") return `a full generation: ${fullReasons[plan.reason]}`;
  return plan.base === undefined
    ? `a differential export, since ${plan.baseReferencePointId}`
    : `a differential generation, after ${plan.base}`;
}
