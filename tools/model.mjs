// npm run model [-- --of exports|points|chains] [--commands 100000] [--seed S] [--lanes N] [--kills N]: random commands against the model of
// a resource (test/model), at length. Of about a hundred commands of exports N are kills, and N sequences run at once.
// npm run model -- --of M --seed S --path P --replay R: a failure again, as it was printed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepare } from "./set-up/prepare.mjs";
import { repository } from "./set-up/repository.mjs";

const { values } = parseArgs({
  options: {
    of: { type: "string", default: "exports" },
    commands: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    kills: { type: "string", default: "1" },
    lanes: { type: "string", default: "6" },
    path: { type: "string" },
    replay: { type: "string" },
  },
});

const file = join("test", "model", values.of, `${values.of}-model.test.ts`);
if (!existsSync(join(repository, file))) throw new Error(`There is no model of ${values.of}: --of takes exports, points or chains.`);

await prepare((text) => process.stdout.write(`${text}\n`));
process.stdout.write(`Seed ${values.seed}\n`);
const env = {
  ...process.env,
  HYPERV_TEST_PREPARED: "yes",
  MODEL_COMMANDS: values.commands,
  MODEL_SEED: values.seed,
  MODEL_LANES: values.lanes,
  MODEL_KILLS: values.kills,
  MODEL_FAILURES: "5",
  ...(values.path !== undefined && { MODEL_PATH: values.path, MODEL_REPLAY: values.replay ?? "" }),
};
const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", file], { cwd: repository, env, stdio: "inherit" });
process.exitCode = status ?? 1;
