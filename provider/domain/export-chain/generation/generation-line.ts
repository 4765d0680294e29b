import { type GenerationCondition, generationConditions } from "./condition";

/** One generation as the state lists it. */
export interface ListedGeneration {
  readonly label: string;
  /** ISO 8601, to the second. */
  readonly madeAt: string;
  readonly kind: "full" | "differential";
  readonly bytes: number;
  readonly condition: GenerationCondition;
}

const LINE = /^([A-Za-z0-9._-]+) (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z) (full|differential) (\d+)(?: ([A-Za-z]+))?$/;

/**
 * At most 120 bytes: the state is rewritten at every step of an up. What it leaves out, the chain's record and the manifests say.
 * "2026-11-28 2026-11-28T02:00:10Z full 104857600"
 */
export function generationLine({ label, madeAt, kind, bytes, condition }: ListedGeneration): string {
  const line = `${label} ${toSecond(madeAt)} ${kind} ${bytes}`;
  return condition === "intact" ? line : `${line} ${condition}`;
}

/** Undefined for a text that is no such line. */
export function generationOfLine(line: string): ListedGeneration | undefined {
  const [, label, madeAt, kind, bytes, condition = "intact"] = LINE.exec(line) ?? [];
  if (label === undefined || madeAt === undefined || !Object.hasOwn(generationConditions, condition)) return undefined;
  return { label, madeAt, kind: kind as ListedGeneration["kind"], bytes: Number(bytes), condition: condition as GenerationCondition };
}

function toSecond(moment: string): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}
