// npm run lint:workflows: holds .github/workflows/ with actionlint. Without Go it cannot: it says so, and fails under CI=true.
import { spawnSync } from "node:child_process";
import { ensureActionlint } from "./actionlint/ensure.mjs";
import { repository } from "./set-up/repository.mjs";

const answer = await ensureActionlint((text) => process.stdout.write(`${text}\n`));
if ("found" in answer) {
  // Without shellcheck and pyflakes: what they say would depend on whether this machine has them.
  const { status } = spawnSync(answer.found, ["-no-color", "-shellcheck=", "-pyflakes="], {
    cwd: repository,
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exitCode = status ?? 1;
} else {
  const fails = process.env.CI === "true";
  process.stdout.write(`NOT LINTED: .github/workflows/\n${answer.missing}\n${fails ? "With CI=true that is a failure.\n" : ""}`);
  process.exitCode = fails ? 1 : 0;
}
