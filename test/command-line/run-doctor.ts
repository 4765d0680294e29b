import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020";
import { expect } from "vitest";
import { type HostReport, hostReport } from "../../provider/domain/look-ups/host-report";
import { repository } from "../../tools/set-up/repository.mjs";
import { runTool } from "./run-tool";

export interface Looked {
  readonly code: number | null;
  readonly report: HostReport;
}

/** What is printed holds to the published schema, whatever the host is like, and the schema names every member. */
export async function doctor(words: readonly string[], env: Record<string, string> = {}): Promise<Looked> {
  const { code, output, errors } = await runTool(["doctor", "--json", ...words], { env });
  expect(errors).toBe("");
  const report = JSON.parse(output);
  const validate = new Ajv2020({ allErrors: true }).compile(
    JSON.parse(readFileSync(join(repository, "docs", "schemas", "hyperv-export-doctor.schema.json"), "utf8")),
  );
  validate(report);
  expect(validate.errors).toBeNull();
  expect(hostReport.parse(report)).toEqual(report);
  return { code, report };
}

export const outcomes = ({ report }: Looked) => report.steps.map(({ step, outcome }) => `${step} ${outcome}`);
export const codesOf = ({ report }: Looked) => report.steps.flatMap(({ problems }) => problems.map(({ code }) => code));
