import * as fs from "node:fs";
import * as path from "node:path";
import { parseClaim } from "../../provider/domain/records/claim";
import { CLAIM_FILE } from "../../provider/domain/records/record-names";
import { localPaths } from "../../provider/host/local-files/local-paths";
import type { Ways } from "./ground";
import type { Scene } from "./scene";
import type { Story } from "./stories";

/** Lets the jobs of the host come to their ends, and has it forget them. */
export async function forgetJobs(scene: Scene, ways: Ways): Promise<void> {
  if (ways.forgetJobs === undefined) throw new Error("this host forgets no jobs");
  await scene.lab.configure({ bytesPerSecond: "unlimited" });
  while ((await scene.lab.describe()).jobs.some(({ jobState }) => jobState < 7)) await new Promise((resolve) => setTimeout(resolve, 20));
  ways.forgetJobs();
}

/**
 * Where no job is listed, and files do not tell: exports that must be made once more, because nobody can know that they were. The method
 * has been called for the claim's attempt, and the claim does not say how that ended.
 */
export async function exportsLost(scene: Scene, story: Story): Promise<number> {
  const wanted = story.after(scene).map(({ directory }) => directory);
  const calls = (await scene.lab.calls()).filter(({ method }) => method === "ExportReferencePoint");
  const isLost = (directory: string) => {
    const file = path.join(directory, CLAIM_FILE);
    const claim = fs.existsSync(file) ? parseClaim(fs.readFileSync(file, "utf8"), localPaths) : undefined;
    const attempt = claim?.ok ? claim.value.attempt : undefined;
    if (attempt?.state !== "starting" && attempt?.state !== "running") return false;
    const place = path.join(directory, attempt.subdirectory);
    return calls.some(({ exportDirectory, at }) => exportDirectory === place && Date.parse(at) >= Date.parse(attempt.startedAt));
  };
  return wanted.filter(isLost).length;
}
