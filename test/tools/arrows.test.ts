import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../tools/set-up/repository.mjs";

/** A provider in small: every room has one file, `room.ts`, with one allowed arrow, and one file for each forbidden arrow. */
const allowed: Record<string, string[]> = {
  "provider/domain/room.ts": ["node:crypto", "./value"],
  "provider/domain/value.ts": ["zod"],
  "provider/resources/room.ts": ["../domain/room", "@pulumi/pulumi"],
  "provider/lifecycle/exports.ts": ["./operations/room", "../domain/room"],
  "provider/lifecycle/operations/room.ts": ["../repair/room", "../directory/room", "../../domain/room", "../../host/port"],
  "provider/lifecycle/repair/room.ts": ["../session/room"],
  "provider/lifecycle/directory/room.ts": ["../session/room"],
  "provider/lifecycle/session/room.ts": ["../../host/port"],
  "provider/host/port.ts": ["../domain/room"],
  "provider/host/local-files/room.ts": ["../port", "../../domain/room", "node:fs"],
  "provider/host/simulator/room.ts": ["../port", "../local-files/room", "../../domain/room", "node:fs"],
  "provider/host/powershell/room.ts": ["../port", "node:child_process"],
  "provider/fronts/dynamic/room.ts": [
    "../../lifecycle/exports",
    "../../host/simulator/room",
    "../../domain/room",
    "@pulumi/pulumi",
    "node:process",
  ],
  "provider/fronts/cli/room.ts": ["../../lifecycle/exports"],
  "provider/fronts/command-line/room.ts": ["../../lifecycle/trees", "../../host/local-files/room", "commander"],
  "provider/lifecycle/trees.ts": ["./tree/room"],
  "provider/lifecycle/tree/room.ts": ["../operations/room"],
  "provider/fronts/look-ups/look-ups.ts": ["../../lifecycle/look-ups"],
  "provider/lifecycle/look-ups.ts": ["./look-up/room"],
  "provider/lifecycle/look-up/room.ts": ["../session/room"],
  "provider/resources/look-ups/look-up.ts": ["../../fronts/look-ups/look-ups"],
  "provider/policy/room.ts": ["../domain/room", "@pulumi/policy", "zod"],
  "provider/index.ts": ["./resources/room"],
  "test/unit/room.ts": ["../../provider/domain/room"],
};

const forbidden: [rule: string, file: string, imported: string][] = [
  ["domain", "provider/domain/reads-files.ts", "node:fs"],
  ["domain", "provider/domain/uses-pulumi.ts", "@pulumi/pulumi"],
  ["domain", "provider/domain/uses-port.ts", "../host/port"],
  ["resources", "provider/resources/uses-front.ts", "../fronts/dynamic/room"],
  ["resources", "provider/resources/look-ups/uses-front.ts", "../../fronts/look-ups/look-ups"],
  ["resources", "provider/resources/uses-lifecycle.ts", "../lifecycle/exports"],
  ["resources", "provider/resources/reads-files.ts", "node:fs"],
  ["lifecycle", "provider/lifecycle/uses-adapter.ts", "../host/simulator/room"],
  ["lifecycle", "provider/lifecycle/uses-pulumi.ts", "@pulumi/pulumi"],
  ["lifecycle", "provider/lifecycle/reads-files.ts", "node:fs/promises"],
  ["lifecycle-repair", "provider/lifecycle/repair/uses-above.ts", "../operations/room"],
  ["lifecycle-directory", "provider/lifecycle/directory/uses-above.ts", "../repair/room"],
  ["lifecycle-session", "provider/lifecycle/session/uses-above.ts", "../directory/room"],
  ["lifecycle-look-up", "provider/lifecycle/look-up/uses-above.ts", "../operations/room"],
  ["lifecycle-operations", "provider/lifecycle/operations/uses-door.ts", "../exports"],
  ["front", "provider/fronts/dynamic/uses-resources.ts", "../../resources/room"],
  ["front", "provider/fronts/dynamic/uses-operation.ts", "../../lifecycle/operations/room"],
  ["front", "provider/fronts/dynamic/uses-commander.ts", "commander"],
  ["command-line", "provider/fronts/command-line/uses-pulumi.ts", "@pulumi/pulumi"],
  ["command-line", "provider/fronts/command-line/uses-tree.ts", "../../lifecycle/tree/room"],
  ["policy", "provider/policy/uses-resources.ts", "../resources/room"],
  ["policy", "provider/policy/reads-files.ts", "node:fs"],
  ["lifecycle-operations", "provider/lifecycle/operations/uses-tree.ts", "../tree/room"],
  ["fronts-apart", "provider/fronts/cli/uses-other.ts", "../dynamic/room"],
  ["local-files", "provider/host/local-files/uses-simulator.ts", "../simulator/room"],
  ["host-shared", "provider/host/second-port.ts", "./simulator/room"],
  ["host-adapter", "provider/host/simulator/uses-other.ts", "../powershell/room"],
  ["host-adapter", "provider/host/simulator/uses-lifecycle.ts", "../../lifecycle/exports"],
  ["host-adapter", "provider/host/simulator/uses-pulumi.ts", "@pulumi/pulumi"],
  ["no-test-code", "provider/host/simulator/uses-tests.ts", "../../../test/unit/room"],
  ["no-development-dependency", "provider/host/simulator/uses-vitest.ts", "vitest"],
  ["resolvable", "provider/lifecycle/uses-nothing.ts", "./not-there"],
];

let violations: string[];
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "arrows-")));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, imports] of Object.entries(allowed)) {
    write(path, imports.map((name, index) => `import * as m${index} from "${name}";\nexport { m${index} };\n`).join(""));
  }
  for (const [, path, imported] of forbidden) write(path, `import * as m from "${imported}";\nexport { m };\n`);
  write("provider/lifecycle/chicken.ts", 'export { egg } from "./egg";\nexport const chicken = 1;\n');
  write("provider/lifecycle/egg.ts", 'export { chicken } from "./chicken";\nexport const egg = 1;\n');
  write("provider/domain/forgotten.ts", "export const forgotten = 1;\n");

  write("tsconfig.json", '{ "compilerOptions": { "module": "node16", "moduleResolution": "node16" } }');
  write(
    "package.json",
    JSON.stringify({
      dependencies: { commander: "*", zod: "*" },
      devDependencies: { vitest: "*", "@pulumi/policy": "*", "@pulumi/pulumi": "*" },
      peerDependencies: { "@pulumi/policy": "*", "@pulumi/pulumi": "*" },
    }),
  );
  for (const name of ["commander", "zod", "vitest", "@pulumi/policy", "@pulumi/pulumi"]) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    write(`node_modules/${name}/index.js`, "");
  }

  const program = join(repository, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const config = join(repository, ".dependency-cruiser.cjs");
  const cruise = spawnSync(process.execPath, [program, "--config", config, "--output-type", "json", "provider", "test"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(cruise.stderr).toBe("");
  violations = JSON.parse(cruise.stdout).summary.violations.map(
    ({ rule, from }: { rule: { name: string }; from: string }) => `${rule.name}: ${from}`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the linter of arrows", () => {
  it.each(forbidden)("%s: refuses %s importing %s", (rule, file) => {
    expect(violations).toContain(`${rule}: ${file}`);
  });

  it("refuses cycles and forgotten files", () => {
    expect(violations).toContain("no-cycle: provider/lifecycle/chicken.ts");
    expect(violations).toContain("no-orphan: provider/domain/forgotten.ts");
  });

  it("lets the arrows of the design through", () => {
    expect(violations.filter((violation) => Object.keys(allowed).some((file) => violation.endsWith(`: ${file}`)))).toEqual([]);
  });
});
