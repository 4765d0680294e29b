import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { repository } from "../../tools/set-up/repository.mjs";
import { EmptyProject } from "./empty-project";

const declared = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
const newest: string = declared.devDependencies["@pulumi/pulumi"];
const oldest: string = declared.peerDependencies["@pulumi/pulumi"].replace("^", "");

let project: EmptyProject;
beforeAll(() => {
  project = new EmptyProject(newest);
}, 300_000);
afterAll(() => project?.remove());

const program = (imports: string) => `
${imports}
new ReferencePointExport("web01", {
  host: Host.simulator({ directory: process.env.LAB }),
  virtualMachine: "WEB01",
  exportDirectory: process.env.EXPORTS,
});
`;

/** Up, refresh and destroy of a program in the project, with the real CLI. */
async function live(main: string, text: string) {
  project.write(main, text);
  project.write("Pulumi.yaml", `name: packed\nruntime: nodejs\nmain: ${main}\n`);
  const pulumiPath = process.env.HYPERV_TEST_PULUMI as string;
  const exports = join(project.scratch, "exports");
  const env = { LAB: join(project.scratch, "lab"), EXPORTS: exports };
  const stack = localStack(
    { pulumi: pulumiPath, binFolder: dirname(pulumiPath) },
    { project: project.folder, scratch: project.scratch, stack: main, env },
  );
  const succeed = async (...commandArguments: string[]) => {
    const { status, output } = await stack.pulumi(commandArguments);
    expect(status, output).toBe(0);
  };
  await succeed("stack", "init");
  await succeed("up", "--yes", "--skip-preview");
  expect(readdirSync(exports)).toContain("Virtual Hard Disks");
  await succeed("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  await succeed("destroy", "--yes", "--skip-preview");
  expect(existsSync(exports)).toBe(false);
  await succeed("stack", "rm", "--yes");
}

describe("the packed package in an empty project", () => {
  it("holds what it should and nothing else", () => {
    const installed = join(project.folder, "node_modules", declared.name);
    const pages = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md"];
    expect(readdirSync(installed).sort()).toEqual([...pages, "dist", "docs", "examples", "package.json"]);
    expect(readdirSync(join(installed, "docs")).filter((name) => !name.endsWith(".md"))).toEqual([]);
    const examples = readdirSync(join(installed, "examples"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect([...new Set(examples.map(({ name }) => name))].sort()).toEqual(["Pulumi.yaml", "index.ts"]);
    const files = readdirSync(join(installed, "dist"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.filter(({ name }) => !/\.(js|d\.ts)$/.test(name)).map(({ name }) => name)).toEqual(["bridge.ps1"]);
  });

  it("is required", () => {
    project.write(
      "required.cjs",
      `
      const { Host, ReferencePointExport } = require("${declared.name}");
      const { Simulator } = require("${declared.name}/simulator");
      console.log([typeof Host.simulator, typeof ReferencePointExport, typeof Simulator.open, require("${declared.name}/package.json").version].join());
    `,
    );
    expect(project.node("required.cjs")).toBe(`function,function,function,${declared.version}`);
  });

  it("is imported", () => {
    project.write(
      "imported.mjs",
      `
      import { Host, ReferencePointExport } from "${declared.name}";
      import { Simulator } from "${declared.name}/simulator";
      console.log([typeof Host.simulator, typeof ReferencePointExport, typeof Simulator.open].join());
    `,
    );
    expect(project.node("imported.mjs")).toBe("function,function,function");
  });

  it("is a lab for scripts", () => {
    project.write(
      "lab.mjs",
      `
      import { Simulator } from "${declared.name}/simulator";
      const lab = await Simulator.open(${JSON.stringify(join(project.scratch, "scripted-lab"))});
      const { virtualMachines } = await lab.describe();
      console.log(virtualMachines.map(({ name }) => name).join());
    `,
    );
    expect(project.node("lab.mjs").split(",")).toContain("WEB01");
  });

  it.each([
    { module: "node16", moduleResolution: "node16", target: "es2022" },
    { module: "preserve", moduleResolution: "bundler", target: "es2022" },
  ])("has types for $module", (options) => {
    const typed = program(
      `import { Host, ReferencePointExport } from "${declared.name}";\nimport { Simulator } from "${declared.name}/simulator";`,
    )
      .replaceAll(/process\.env\.\w+/g, '"/srv/x"')
      .replace("new Ref", "const web01 = new Ref");
    for (const extension of ["ts", "mts", "cts"]) {
      project.write(
        `types/index.${extension}`,
        `${typed}export const id: import("@pulumi/pulumi").Output<string> = web01.exportId;\nexport const lab = Simulator.open("/srv/x");\n`,
      );
    }
    expect(project.typeCheck({ ...options, types: [] })).toBe("");
  });

  it("runs from a CommonJS program", async () => {
    await live("index.cjs", program(`const { Host, ReferencePointExport } = require("${declared.name}");`));
  });

  it("runs from an ES module, with the oldest SDK that it allows", async () => {
    project.install(`@pulumi/pulumi@${oldest}`);
    await live("index.mjs", program(`import { Host, ReferencePointExport } from "${declared.name}";`));
  });
});
