import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { userPages } from "../../tools/documentation/pages.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

it("the TypeScript of every page compiles", () => {
  const blocks = userPages().flatMap(({ name, text }) =>
    [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""], index) => ({
      file: `${basename(name, ".md")}-${index + 1}.mts`,
      code,
    })),
  );
  expect(blocks.length).toBeGreaterThan(5);
  // Below the repository, so that the package's own name resolves to it.
  const folder = mkdtempSync(join(repository, ".scratch-documentation-"));
  try {
    for (const { file, code } of blocks) writeFileSync(join(folder, file), code);
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      types: ["node"],
    };
    const program = ts.createProgram(
      blocks.map(({ file }) => join(folder, file)),
      options,
    );
    const complaints = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      return `${basename(file?.fileName ?? "")}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
    expect(complaints).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
