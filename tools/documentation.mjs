// npm run documentation: writes the reference tables of the README anew. A test fails while they are stale.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { referenceTables, withTables } from "./documentation/tables.mjs";
import { build } from "./set-up/build.mjs";
import { repository } from "./set-up/repository.mjs";

if (build()) {
  const file = join(repository, "README.md");
  writeFileSync(file, withTables(readFileSync(file, "utf8"), referenceTables()));
} else {
  process.stdout.write("The build failed: correct what the compiler names above.\n");
  process.exitCode = 1;
}
