// npm run model [-- --commands 100000] [--seed S] [--lanes N] [--kills N]: random commands against the model (test/model), at length;
// of about a hundred commands N are kills.
// npm run model -- --seed S --path P --replay R: a failure again, as it was printed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepare } from "./set-up/prepare.mjs";
import { repository } from "./set-up/repository.mjs";

const { values } = parseArgs({
  options: {
    commands: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    kills: { type: "string", default: "1" },
    lanes: { type: "string", default: "6" },
    path: { type: "string" },
    replay: { type: "string" },
  },
});

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
const { status } = spawnSync(process.execPath, [vitest, "run", "test/model/model.test.ts"], { cwd: repository, env, stdio: "inherit" });
process.exitCode = status ?? 1;
