import { expect, test } from "vitest";
import { type Answer, HostError, type PollAnswer } from "../../provider/host/port";
import { ChainEngine } from "../support/chain-engine";
import { killedNight, night, run } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import type { Intervention } from "../support/decorated-host";

/** By the next night a host lists none of the jobs of this one. */
const forgotten: Intervention = async (call, go) => {
  const answer = await go();
  const none = { ok: true, value: undefined } as const;
  if (call.method === "poll") {
    const { checkpointJobs = [] } = answer as PollAnswer;
    return { ...(answer as PollAnswer), checkpointJobs: checkpointJobs.map(() => none) };
  }
  if (call.method !== "findCheckpointJobs" && call.method !== "findPointJobs") return answer;
  const listed = answer as Answer<{ readonly hostTime: string }>[];
  return listed.map((one) => (one.ok ? { ...one, value: { ...one.value, jobs: [] } } : one));
};

const refused = () => [{ ok: false, error: new HostError("accessDenied", "The file may not be touched.") }];

// The look at the export, and the write that lists the generation.
test.each(["readDirectories#3", "replaceTextFiles#2"])(
  "the point of a conversion is ours still after a run that failed at %s, whoever has made another one since",
  async (key) => {
    const place = await ChainScene.open({}, "checkpoint");
    const engine = new ChainEngine();
    await night(place, engine, "n1");
    await killedNight(place, engine, "n2", { key: "convertCheckpoints#1", when: "after" });
    const failing: Intervention = async (call, go) => (call.key === key ? refused() : go());
    await expect(night(place, engine, "n2", {}, failing)).rejects.toMatchObject({ code: "access-denied" });
    await place.addForeignPoint();
    await night(place, engine, "n2", {}, forgotten);
    expect(await place.violations(["n1", "n2"])).toEqual([]);
    place.close();
  },
);

test.each([
  ["refused", { fault: "returnCode", code: 32768, method: "convertCheckpoints" }],
  ["failing", { fault: "jobFails", method: "convertCheckpoints" }],
] as const)(
  "somebody else's point is not taken for what a checkpoint has become whose conversion was %s and that a person has removed",
  async (_, fault) => {
    const place = await ChainScene.open({}, "checkpoint");
    const engine = new ChainEngine();
    await night(place, engine, "n1");
    await place.scene.lab.setFaults([fault, { fault: "returnCode", code: 32768, method: "removeCheckpoints" }]);
    await expect(night(place, engine, "n2")).rejects.toMatchObject({ code: expect.stringMatching(/^(method-refused|job-failed)$/) });
    await place.scene.lab.clearFaults();
    await removedByHand(place, engine);
  },
);

test("somebody else's point is not taken for what a checkpoint has become whose conversion was never called and that a person has removed", async () => {
  const place = await ChainScene.open({}, "checkpoint");
  const engine = new ChainEngine();
  await night(place, engine, "n1");
  await killedNight(place, engine, "n2", { key: "convertCheckpoints#1", when: "before" });
  await removedByHand(place, engine);
});

/** A person removes our checkpoint, another program makes a point, and the generation goes on when the host has forgotten all jobs. */
async function removedByHand(place: ChainScene, engine: ChainEngine): Promise<void> {
  const [ours = ""] = (await place.checkpointsThere()).checkpoints;
  await place.scene.lab.removeCheckpoint(ours);
  await place.work();
  await place.addForeignPoint();
  const { warnings } = await night(place, engine, "n2", {}, forgotten);
  expect(warnings.join("\n")).toContain("Nothing proves that one is ours");
  expect(await place.violations(["n1", "n2"])).toEqual([]);
  await run(place, (session) => engine.destroy(session));
  expect((await place.pointsThere()).sort()).toEqual([...place.foreignPoints].sort());
  place.close();
}
