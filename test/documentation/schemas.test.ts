import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { reportSchemas } from "../../tools/documentation/schemas.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

const folder = join(repository, "docs", "schemas");

it.each(Object.entries(reportSchemas()))("docs/schemas/%s is of this version (npm run documentation writes it)", (name, text) => {
  expect(readFileSync(join(folder, name), "utf8")).toBe(text);
});

it("no schema is left of what is not printed any more", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(reportSchemas()).sort());
});
