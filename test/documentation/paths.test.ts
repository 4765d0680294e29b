import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allPages } from "../../tools/documentation/pages.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** What begins with one of these is a path from the repository's root. What is named <so> is for the reader to fill in. */
const path = /(?<![\w./@-])(?:provider|test|tools|examples|docs|\.ci)\/[\w./-]*/g;

/** All that reads the environment. */
const code = ["provider", "test", "tools"]
  .flatMap((folder) => readdirSync(join(repository, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
  .join("\n");

describe.each(allPages())("$name", ({ text }) => {
  it("names paths that are there", () => {
    const named = [...text.matchAll(path)].map(([found]) => found.replace(/\.$/, ""));
    expect(named.filter((one) => !existsSync(join(repository, one)))).toEqual([]);
  });

  it("names every file of the code by its path from the root", () => {
    const files = [...text.matchAll(/`([\w./-]+\/[\w.-]+\.(?:ts|mjs))`/g)].map(([, file = ""]) => file);
    expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });

  it("names variables of the environment that something reads", () => {
    const named = new Set([...text.matchAll(/\b(?:HYPERV|MODEL)_[A-Z_]+/g)].map(([name]) => name));
    expect([...named].filter((name) => !code.includes(name))).toEqual([]);
  });

  it("names commands that are there", () => {
    const named = [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, script = ""]) => script);
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });
});
