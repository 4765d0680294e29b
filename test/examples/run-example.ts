import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

export interface Example {
  /** Where the example's host and exports are. */
  readonly directory: string;
  /** Runs a command of the CLI that must succeed; answers what it printed. */
  pulumi(...commandArguments: string[]): Promise<string>;
  outputs(): Promise<Record<string, unknown>>;
}

/** Runs a test on a project of this repository, where it lies, with a stack and a directory of its own. */
export async function runExample(project: string, test: (example: Example) => Promise<void>, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const pulumiPath = process.env.HYPERV_TEST_PULUMI;
  if (pulumiPath === undefined) throw new Error("HYPERV_TEST_PULUMI is not set: run the tests with vitest.config.mts, which sets it.");
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "example-")));
  const stack = `test-${process.pid}-${Date.now()}`;
  const cli = { pulumi: pulumiPath, binFolder: dirname(pulumiPath) };
  const { pulumi } = localStack(cli, { project: join(repository, project), scratch, stack, env });
  const succeed = async (...commandArguments: string[]) => {
    const { status, output } = await pulumi(commandArguments);
    if (status !== 0) throw new Error(`pulumi ${commandArguments.join(" ")} ended with ${status}:\n${output}`);
    return output;
  };
  try {
    await succeed("stack", "init");
    await test({ directory: scratch, pulumi: succeed, outputs: async () => JSON.parse(await succeed("stack", "output", "--json")) });
  } finally {
    // Takes Pulumi.<stack>.yaml away from the example's folder, too.
    await pulumi(["stack", "rm", "--yes", "--force"]);
    rmSync(scratch, { recursive: true, force: true });
  }
}
