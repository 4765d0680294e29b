// npm run demo: the main job, on a simulated Hyper-V host, with the real Pulumi CLI. Everything it makes lies in one scratch folder.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { play } from "./demo/scenario.mjs";
import { Stage } from "./demo/stage.mjs";
import { prepare } from "./set-up/prepare.mjs";

const say = (text) => process.stdout.write(`${text}\n`);

async function demo() {
  const cli = await prepare(say);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "hyperv-demo-")));
  const removeScratch = () => rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  process.once("exit", removeScratch); // also when the reader of a pipe has gone
  const began = Date.now();
  try {
    const stage = new Stage(cli, scratch);
    await play(stage);
    say(`\nDone in ${Math.round((Date.now() - began) / 1000)} s. Next: examples/quickstart/index.ts, and the README.`);
  } finally {
    removeScratch();
  }
}

try {
  await demo();
} catch (error) {
  say(`\n${error.message}`);
  process.exitCode = 1;
}
