// npm run documentation: writes the reference tables and the pictures of the README and of docs/ anew. A test fails while they are stale.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chainPictures } from "./documentation/chain-picture.mjs";
import { userPages } from "./documentation/pages.mjs";
import { referenceTables, withTables } from "./documentation/tables.mjs";
import { build } from "./set-up/build.mjs";
import { repository } from "./set-up/repository.mjs";

if (build()) {
  const tables = referenceTables();
  for (const page of userPages()) writeFileSync(join(repository, page.name), withTables(page, tables));
  const pictures = join(repository, "docs", "pictures");
  mkdirSync(pictures, { recursive: true });
  for (const [name, svg] of Object.entries(chainPictures())) writeFileSync(join(pictures, name), svg);
} else {
  process.stdout.write("The build failed: correct what the compiler names above.\n");
  process.exitCode = 1;
}
