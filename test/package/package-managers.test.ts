import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { cacheFolder } from "../../tools/set-up/cache-folder.mjs";
import { repository } from "../../tools/set-up/repository.mjs";
import { installTool } from "./install-tool";
import { packInto } from "./pack";
import { runNpm } from "./run-npm";
import { oldestSdk } from "./sdk-versions";

interface Manager {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  readonly script: string;
  /** Files that make a folder a workspace of this manager. */
  readonly workspace: (root: string) => Record<string, string>;
  /** What the program's Node.js needs to find packages. */
  readonly nodeOptions: (root: string) => string;
}

const managers: readonly Manager[] = [
  {
    name: "Yarn's Plug'n'Play",
    package: "@yarnpkg/cli-dist",
    version: "4.18.1",
    script: "bin/yarn.js",
    workspace: () => ({
      ".yarnrc.yml": `nodeLinker: pnp\nglobalFolder: ${JSON.stringify(join(cacheFolder(), "yarn"))}\nenableTelemetry: false\nenableScripts: false\nenableImmutableInstalls: false\n`,
      "yarn.lock": "",
    }),
    nodeOptions: (root) => `--require ${join(root, ".pnp.cjs")}`,
  },
  {
    name: "pnpm",
    package: "pnpm",
    version: "12.21.0",
    script: "bin/pnpm.mjs",
    workspace: () => ({ "pnpm-workspace.yaml": "packages:\n  - packages/*\n" }),
    nodeOptions: () => "",
  },
];

let scratch: string;
beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "managed-")));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const name: string = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")).name;

it.each(managers)(
  "with $name, a package that only a dependency has is missed with a remedy, and with it the export lives",
  {
    timeout: 600_000,
  },
  async (manager) => {
    const root = join(scratch, "workspace");
    const application = join(root, "packages", "application");
    const specifier = `file:../../../${basename(await packInto(scratch))}`;
    const sdk = { "@pulumi/pulumi": oldestSdk };
    write(root, {
      "package.json": JSON.stringify({ name: "workspace", private: true, workspaces: ["packages/*"] }),
      ...manager.workspace(root),
      "packages/library/package.json": JSON.stringify({
        name: "library",
        version: "1.0.0",
        main: "index.js",
        dependencies: { ...sdk, [name]: specifier },
      }),
      "packages/library/index.js": `
      const { Host, ReferencePointExport } = require("${name}");
      exports.backup = (lab, exportDirectory) => new ReferencePointExport("web01", {
        host: Host.simulator({ directory: lab }), virtualMachine: "WEB01", exportDirectory, verification: { level: "content" },
      });`,
      "packages/application/package.json": JSON.stringify({
        name: "application",
        private: true,
        dependencies: { ...sdk, library: "workspace:*" },
      }),
      "packages/application/program/index.js": `require("library").backup(process.env.LAB, process.env.EXPORTS);`,
      "packages/application/Pulumi.yaml": "name: managed\nruntime: nodejs\nmain: program/index.js\n",
    });
    await install(manager, root);
    const exports = join(scratch, "exports");
    const pulumiPath = process.env.HYPERV_TEST_PULUMI as string;
    const { pulumi } = localStack(
      { pulumi: pulumiPath, binFolder: dirname(pulumiPath) },
      {
        project: application,
        scratch,
        stack: "dev",
        env: { LAB: join(scratch, "lab"), EXPORTS: exports, NODE_OPTIONS: manager.nodeOptions(root) },
      },
    );
    const succeed = async (...commandArguments: string[]) => {
      const { status, output } = await pulumi(commandArguments);
      expect(status, output).toBe(0);
      return output;
    };

    await succeed("stack", "init");
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { status, output } = await pulumi(command);
      expect(status).not.toBe(0);
      expect(output).toContain(`In ${join(application, "package.json")}, add ${name} to the dependencies`);
      expect(output).toContain("Code: provider-out-of-reach");
      expect(output).not.toMatch(/Cannot find module|^ +at /m);
    }

    const manifest = join(application, "package.json");
    const said = JSON.parse(readFileSync(manifest, "utf8"));
    writeFileSync(manifest, JSON.stringify({ ...said, dependencies: { ...said.dependencies, [name]: specifier } }));
    await install(manager, root);
    await succeed("up", "--yes", "--skip-preview");
    await succeed("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    truncateSync(join(exports, "Virtual Hard Disks", "WEB01.vhdx"), 100);
    await succeed("refresh", "--yes", "--skip-preview");
    await succeed("up", "--yes", "--skip-preview");
    await succeed("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    await succeed("destroy", "--yes", "--skip-preview");
    expect(existsSync(exports)).toBe(false);
  },
);

function write(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function install(manager: Manager, root: string): Promise<void> {
  const script = join(await installTool(manager.package, manager.version), manager.script);
  const registry = runNpm(root, "config", "get", "registry").trim();
  const options = manager.name === "pnpm" ? ["--ignore-scripts", "--no-frozen-lockfile"] : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "install", ...options], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", YARN_NPM_REGISTRY_SERVER: registry, npm_config_registry: registry },
  });
  expect(status, stdout + stderr).toBe(0);
}
