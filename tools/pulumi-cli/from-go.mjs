import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { repository } from "../set-up/repository.mjs";
import { run } from "../set-up/run.mjs";
import { programs } from "./installation.mjs";
import { cliVersion } from "./versions.mjs";

const sources = fileURLToPath(new URL("go/", import.meta.url));
// The plugin for dynamic providers is a small script. Beside the CLI, where a download has it, the CLI takes it without a warning.
const sdk = join(repository, "node_modules", "@pulumi", "pulumi");
const dynamicPlugin = ["pulumi-resource-pulumi-nodejs", "pulumi-resource-pulumi-nodejs.cmd"];

const limitMs = 30 * 60_000;
const versionSymbols = ["sdk/v3/go/common/version.Version", "pkg/v3/version.Version"];

const targets = [
  {
    module: "pulumi",
    command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    program: programs.pulumi,
    // A plain build calls itself v3.0.0, which the SDK refuses.
    linkerFlags: `-s -w ${versionSymbols.map((symbol) => `-X github.com/pulumi/pulumi/${symbol}=v${cliVersion}`).join(" ")}`,
  },
  {
    // A module of its own: sdk/v3 v3.68.0 is the last release that holds the language host, and the CLI needs a later sdk/v3.
    module: "pulumi-language-nodejs",
    command: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    program: programs.languageHost,
    linkerFlags: "-s -w",
  },
];

/**
 * Builds the CLI and the language host into folder/bin from the modules under go/, with the user's own GOPROXY and GOFLAGS.
 * @param {string} folder
 * @param {(text: string) => void} say
 */
export async function buildWithGo(folder, say) {
  const began = Date.now();
  const elapsed = () => `${Math.round((Date.now() - began) / 1000)} s`;
  const ticker = setInterval(() => say(`  still building (${elapsed()})`), 30_000);
  try {
    for (const target of targets) {
      say(`  go build ${target.command}`);
      await build(target, folder);
    }
    for (const name of dynamicPlugin) copyFileSync(join(sdk, name), join(folder, "bin", name));
    say(`  built in ${elapsed()}`);
  } finally {
    clearInterval(ticker);
  }
}

async function build({ module, command, program, linkerFlags }, folder) {
  // Built in a copy, so that a GOFLAGS of -mod=mod cannot rewrite the committed go.sum.
  const work = join(folder, `src-${module}`);
  mkdirSync(work);
  for (const name of ["go.mod", "go.sum"]) copyFileSync(join(sources, module, name), join(work, name));
  // With its temporary files in there too, a build that is ended half way leaves nothing elsewhere.
  const env = { ...process.env, HOME: process.env.HOME || homedir(), GOWORK: "off", CGO_ENABLED: "0", GOTMPDIR: work };
  const output = join(folder, "bin", program);
  const answer = await run("go", ["build", "-trimpath", "-ldflags", linkerFlags, "-o", output, command], { cwd: work, env, limitMs });
  rmSync(work, { recursive: true, force: true });
  if (!answer.ok) throw new Error(`go build ${command} failed: ${answer.reason}`);
}
