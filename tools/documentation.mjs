// npm run documentation: writes the reference tables, the pictures and the JSON Schemas of the README and of docs/ anew. A test fails while they are stale.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chainPictures } from "./documentation/chain-picture.mjs";
import { userPages } from "./documentation/pages.mjs";
import { reportSchemas } from "./documentation/schemas.mjs";
import { referenceTables, withTables } from "./documentation/tables.mjs";
import { build } from "./set-up/build.mjs";
import { repository } from "./set-up/repository.mjs";

if (build()) {
  const tables = referenceTables();
  for (const page of userPages()) writeFileSync(join(repository, page.name), withTables(page, tables));
  writeFolder("pictures", chainPictures());
  writeFolder("schemas", reportSchemas());
} else {
  process.stdout.write("The build failed: correct what the compiler names above.\n");
  process.exitCode = 1;
}

/** @param {string} name below docs/ @param {Record<string, string>} files texts by file name */
function writeFolder(name, files) {
  const folder = join(repository, "docs", name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
}
