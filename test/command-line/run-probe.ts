import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020";
import { expect } from "vitest";
import { type ProbeCleaning, type ProbeReport, probeCleaning, probeReport } from "../../provider/domain/probe/probe-report";
import { repository } from "../../tools/set-up/repository.mjs";
import { runTool } from "./run-tool";

export interface Probed {
  readonly code: number | null;
  readonly report: ProbeReport;
  /** As it stands in the file. */
  readonly text: string;
  readonly output: string;
}

/** What is written holds to the published schema, which names every member. */
export async function probe(words: readonly string[], out: string, env: Record<string, string> = {}): Promise<Probed> {
  const { code, output, errors } = await runTool(["probe", "--create-and-remove-a-test-machine", "--out", out, ...words], { env });
  expect(errors).toBe("");
  const text = readFileSync(out, "utf8");
  return { code, report: held(probeReport, text), text, output };
}

export async function clean(
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<{ readonly code: number | null; readonly cleaning: ProbeCleaning }> {
  const { code, output, errors } = await runTool(["probe", "--clean", "--json", ...words], { env });
  expect(errors).toBe("");
  return { code, cleaning: held(probeCleaning, output) };
}

function held<T>(shape: { parse(value: unknown): T }, text: string): T {
  const value = JSON.parse(text);
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(join(repository, "docs", "schemas", "hyperv-export-probe.schema.json"), "utf8")),
  );
  validate(value);
  expect(validate.errors).toBeNull();
  expect(shape.parse(value)).toEqual(value);
  return value;
}

/** Facts that no probe tries, for lack of a replica or of proof. */
export const neverSettled = ["log-point-files", "absent-directory", "overwriting", "log-point-type", "foreign-base"];

export const steps = ({ report }: Probed) => report.steps.map(({ step, outcome }) => `${step} ${outcome}`);
export const methods = ({ report }: Probed) => report.calls.map(({ step, method }) => `${step} ${method}`);
