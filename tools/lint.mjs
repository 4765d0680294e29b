// npm run lint: every linter of package.json ("lint:..."), each one's complaints shown, failing at the end if any complained.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./set-up/build.mjs";
import { installDependencies, spawnNpm } from "./set-up/install.mjs";
import { repository } from "./set-up/repository.mjs";

const say = (text) => process.stdout.write(`${text}\n`);

try {
  installDependencies(say);
  if (!build()) throw new Error("The build failed: correct what the compiler names above.");
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const linters = Object.keys(scripts).filter((name) => name.startsWith("lint:"));
  const failed = linters.filter((linter) => {
    say(`\n${linter}`);
    return spawnNpm(["run", "--silent", linter]).status !== 0;
  });
  say(failed.length === 0 ? `\n${linters.length} linters are content` : `\nComplaints from ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
