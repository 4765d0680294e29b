import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repository } from "../../tools/set-up/repository.mjs";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "lint-workflows-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs the linter on a machine without Go and with nothing in the cache. */
function lintWithoutGo(environment: NodeJS.ProcessEnv) {
  const env = { PATH: scratch, XDG_CACHE_HOME: join(scratch, "cache"), HOME: scratch, ...environment };
  return spawnSync(process.execPath, [join(repository, "tools", "lint-workflows.mjs")], { env, encoding: "utf8" });
}

describe("linting the workflows without Go", () => {
  it("says that it was not done, why, and what to install", () => {
    const { status, stdout } = lintWithoutGo({});
    expect(stdout).toMatch(/^NOT LINTED: \.github\/workflows\/\nThere is no actionlint, and no usable Go .*\. Install Go from .*\.\n$/);
    expect(status).toBe(0);
  });

  it("fails under CI=true", () => expect(lintWithoutGo({ CI: "true" }).status).toBe(1));
});
