// npm run documentation: writes the reference tables of the README and of docs/ anew. A test fails while they are stale.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { userPages } from "./documentation/pages.mjs";
import { referenceTables, withTables } from "./documentation/tables.mjs";
import { build } from "./set-up/build.mjs";
import { repository } from "./set-up/repository.mjs";

if (build()) {
  const tables = referenceTables();
  for (const page of userPages()) writeFileSync(join(repository, page.name), withTables(page, tables));
} else {
  process.stdout.write("The build failed: correct what the compiler names above.\n");
  process.exitCode = 1;
}
