import { run } from "./run.mjs";

/** Whether there is a Go to build with. */
export async function goIsThere() {
  const answer = await run("go", ["version"], { limitMs: 30_000 });
  return answer.ok ? { ok: true, reason: "" } : { ok: false, reason: `no usable Go (${answer.reason})` };
}
