import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { repository } from "../../tools/set-up/repository.mjs";
import { EmptyProject } from "./empty-project";
import { newestSdk, oldestSdk } from "./sdk-versions";

const declared = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));

let project: EmptyProject;
beforeAll(async () => {
  project = await EmptyProject.create(newestSdk);
  project.install(`@pulumi/policy@${declared.devDependencies["@pulumi/policy"]}`);
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
    const pages = ["LICENSE", "README.md"];
    expect(readdirSync(installed).sort()).toEqual([...pages, "dist", "docs", "examples", "package.json"]);
    expect(readdirSync(join(installed, "docs")).filter((name) => !name.endsWith(".md"))).toEqual(["pictures", "schemas"]);
    const examples = readdirSync(join(installed, "examples"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect([...new Set(examples.map(({ name }) => name))].sort()).toEqual(["Pulumi.yaml", "index.ts"]);
    const files = readdirSync(join(installed, "dist"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.filter(({ name }) => !/\.(js|d\.ts)$/.test(name)).map(({ name }) => name)).toEqual(["bridge.ps1"]);
  });

  it("takes at most 1.2 MB unpacked", () => {
    const installed = join(project.folder, "node_modules", declared.name);
    const files = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.map((entry) => statSync(join(entry.parentPath, entry.name)).size).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(500_000);
    expect(bytes).toBeLessThanOrEqual(1_200_000);
  });

  it("loads nothing of the command-line tool, the policies or a host with the package itself", () => {
    project.write("loaded.cjs", `require("${declared.name}"); console.log(Object.keys(require.cache).join("\\n"));`);
    const loaded = project.node("loaded.cjs").replaceAll("\\", "/").split("\n");
    const ours = loaded.filter((path) => path.includes(`/${declared.name}/dist/`)).map((path) => readFileSync(path, "utf8"));
    expect(ours.length).toBeGreaterThan(0);
    for (const word of ["commander", "hypervBackupPolicies", "hash-worker", "restore-plan"])
      expect(ours.filter((text) => text.includes(word))).toEqual([]);
    expect(loaded.filter((path) => /node_modules\/(commander|node-powershell|@pulumi\/policy)\//.test(path))).toEqual([]);
  });

  it("has a command that needs neither a project of Pulumi nor a host", () => {
    project.write("exports/nothing.txt", "");
    const tool = join(project.folder, "node_modules", ".bin", "hyperv-export");
    const ended = (...words: string[]) => spawnSync(tool, words, { encoding: "utf8", shell: process.platform === "win32" });
    expect(ended("--version")).toMatchObject({ status: 0, stdout: `${declared.version}\n` });
    const { status, stderr } = ended("verify", join(project.folder, "exports"));
    expect([status, stderr]).toEqual([2, expect.stringContaining("Code: nothing-exported")]);
  });

  it("is required", () => {
    project.write(
      "required.cjs",
      `
      const { Host, ReferencePointExport } = require("${declared.name}");
      const { Simulator } = require("${declared.name}/simulator");
      const { hypervBackupPolicies } = require("${declared.name}/policy");
      console.log(hypervBackupPolicies({ keptOnDestroy: {} }).map(({ name }) => name).join());
      console.log([typeof Host.simulator, typeof ReferencePointExport, typeof Simulator.open, require("${declared.name}/package.json").version].join());
    `,
    );
    expect(project.node("required.cjs")).toBe(`hyperv-kept-on-destroy\nfunction,function,function,${declared.version}`);
  });

  it("is imported", () => {
    project.write(
      "imported.mjs",
      `
      import { checkHostOutput, getVirtualMachines, Host, ReferencePointExport } from "${declared.name}";
      import { Simulator } from "${declared.name}/simulator";
      console.log([typeof Host.simulator, typeof ReferencePointExport, typeof Simulator.open, typeof checkHostOutput].join());
      const host = Host.simulator({ directory: ${JSON.stringify(join(project.scratch, "no-lab"))} });
      console.log((await getVirtualMachines({ host, name: "web*" })).virtualMachines.map(({ name }) => name).join());
    `,
    );
    expect(project.node("imported.mjs")).toBe("function,function,function,function\nWEB01");
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

  it("names no file that it does not hold", () => {
    const installed = join(project.folder, "node_modules", declared.name);
    for (const entry of readdirSync(join(installed, "dist"), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
      expect(text, entry.name).not.toContain("sourceMappingURL");
      for (const [, path = ""] of text.matchAll(/(?:from |import\(|require\()"(\.[^"]*)"/g)) {
        const target = join(entry.parentPath, path);
        const files = entry.name.endsWith(".d.ts") ? [`${target}.d.ts`, join(target, "index.d.ts")] : [target];
        expect(files.some(existsSync), `${entry.name}: ${path}`).toBe(true);
      }
    }
  });

  it("has no script that an installation would run, or a package manager warn of", () => {
    const scripts = Object.keys(declared.scripts);
    expect(scripts.filter((name) => /^(pre|post)?(install|prepare|publish)|^prepublishOnly$|^dependencies$/.test(name))).toEqual([]);
  });

  // "commonjs" and "node10" are what "pulumi new" writes, with neither esModuleInterop nor skipLibCheck.
  describe.each([
    { module: "commonjs", moduleResolution: "node10" },
    { module: "esnext", moduleResolution: "node10" },
    { module: "node16", moduleResolution: "node16" },
    { module: "nodenext", moduleResolution: "nodenext" },
    { module: "esnext", moduleResolution: "bundler" },
    { module: "preserve", moduleResolution: "bundler" },
  ])("types for $module with $moduleResolution", (modules) => {
    const options = { ...modules, target: "es2020", lib: ["es2020"], types: [], skipLibCheck: false, esModuleInterop: false };
    const typed = `
      import * as pulumi from "@pulumi/pulumi";
      import { checkHost, type CheckHostResult, getReferencePointsOutput, getVirtualMachines, Host, ReferencePointExport } from "${declared.name}";
      import { referencePointExport } from "${declared.name}/provider";
      import { type Fault, Simulator } from "${declared.name}/simulator";
      const config = new pulumi.Config();
      const web01 = new ReferencePointExport("web01", {
        host: Host.simulator({ directory: "/srv/x" }),
        virtualMachine: "WEB01",
        referencePoint: config.get("point"),
        baseReferencePoint: pulumi.output(config.get("base")),
        exportDirectory: "/srv/x",
        disksToExport: config.getObject<string[]>("disks"),
        verification: { level: config.get("level") as "size" | undefined, portion: undefined },
        timeouts: { create: config.get("create") },
      });
      export const id: pulumi.Output<string> = web01.exportId;
      export const lab: Promise<Simulator> = Simulator.open("/srv/x", { machines: undefined });
      export const fault: Fault = { fault: "slowListing", delay: "2s", count: undefined };
      export const check: unknown = referencePointExport.check;
      export const names: Promise<string[]> = getVirtualMachines({ name: config.get("name") }).then(({ virtualMachines }) => virtualMachines.map(({ name }) => name));
      export const point: pulumi.Output<string | undefined> = getReferencePointsOutput({ host: undefined, virtualMachine: web01.virtualMachineId }).referencePoints.apply((all) => all[0]?.id);
      export const checked: Promise<CheckHostResult> = checkHost({ host: Host.local(), directories: config.getObject<string[]>("directories"), timeout: undefined });
    `;

    it("hold", () => {
      const extensions = modules.moduleResolution === "node10" ? ["ts"] : ["ts", "mts", "cts"];
      for (const extension of extensions) project.write(`types/index.${extension}`, typed);
      const files = extensions.map((extension) => `index.${extension}`);
      expect(project.typeCheck({ ...options, exactOptionalPropertyTypes: true }, files)).toBe("");
    });

    it("hold for policies", () => {
      project.write(
        "types/pack.ts",
        `
        import { PolicyPack } from "@pulumi/policy";
        import { hypervBackupPolicies, type HypervBackupPolicyOptions } from "${declared.name}/policy";
        const wanted: HypervBackupPolicyOptions = { keptOnDestroy: {}, newestGeneration: { hours: 26, enforcementLevel: undefined }, ownVolume: undefined };
        export const pack = () => new PolicyPack("backups", { enforcementLevel: "mandatory", policies: hypervBackupPolicies(wanted) });
      `,
      );
      // The types of @pulumi/policy itself do not compile without.
      const lenient = { ...options, skipLibCheck: true, exactOptionalPropertyTypes: true };
      expect(project.typeCheck(lenient, ["pack.ts"])).toBe("");
      project.write("types/pack.ts", readFileSync(join(project.folder, "types", "pack.ts"), "utf8").replace("hours", "hour"));
      expect(project.typeCheck(lenient, ["pack.ts"])).toContain("'hour' does not exist");
    });

    it.runIf(modules.module === "commonjs" || modules.module === "node16")("refuse what is none", () => {
      project.write("types/wrong.ts", typed.replace('"slowListing"', '"slowListening"'));
      expect(project.typeCheck(options, ["wrong.ts"])).toContain("wrong.ts");
    });
  });

  it("runs from a CommonJS program", async () => {
    await live("index.cjs", program(`const { Host, ReferencePointExport } = require("${declared.name}");`));
  });

  it("runs from an ES module, with the oldest SDK that it allows", async () => {
    project.install(`@pulumi/pulumi@${oldestSdk}`);
    await live("index.mjs", program(`import { Host, ReferencePointExport } from "${declared.name}";`));
  });
});
