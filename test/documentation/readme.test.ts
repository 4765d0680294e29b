import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { referenceTables, withTables } from "../../tools/documentation/tables.mjs";

const repository = resolve(__dirname, "../..");
const readme = readFileSync(join(repository, "README.md"), "utf8");

describe("README.md", () => {
  it("has the reference tables of this version (npm run documentation writes them)", () => {
    expect(withTables(readme, referenceTables())).toBe(readme);
  });

  it("shows every table", () => {
    for (const name of Object.keys(referenceTables())) expect(readme).toContain(`<!-- table: ${name} -->`);
  });

  it("has TypeScript that compiles", () => {
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
    expect(blocks.length).toBeGreaterThan(1);
    // Below the repository, so that the package's own name resolves to it.
    const folder = mkdtempSync(join(repository, ".scratch-readme-"));
    try {
      const files = blocks.map((block, index) => {
        const file = join(folder, `block-${index}.mts`);
        writeFileSync(file, block);
        return file;
      });
      const options: ts.CompilerOptions = {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.Node16,
        moduleResolution: ts.ModuleResolutionKind.Node16,
        types: ["node"],
      };
      const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
      expect(diagnostics.map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("names files and commands that are there", () => {
    for (const [, path] of readme.matchAll(/\]\(([^)#:]+)\)/g)) expect(() => readFileSync(join(repository, path ?? ""))).not.toThrow();
    const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
    for (const [, script] of readme.matchAll(/npm run ([a-z:-]+)/g)) expect(Object.keys(scripts)).toContain(script);
  });
});
