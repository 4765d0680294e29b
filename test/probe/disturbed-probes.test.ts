import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HostError, type TextFile } from "../../provider/host/port";
import { CallJournal } from "../../provider/lifecycle/probes";
import type { Intervention, PortCall } from "../support/decorated-host";
import { ProbeScene } from "./probe-scene";

let scene: ProbeScene;
beforeEach(async () => {
  scene = await ProbeScene.open();
});
afterEach(() => scene.close());

const refused = (kind: HostError["kind"], message: string) => [{ ok: false, error: new HostError(kind, message) }];
const writesRemoval = ({ method, items }: PortCall) =>
  method === "replaceTextFiles" && /"remove"/.test((items as readonly TextFile[])[0]?.text ?? "");

describe("a probe that is disturbed", () => {
  it("while the job goes on that makes its machine keeps its record: the machine may come yet", async () => {
    const { report } = await scene.probe(async (call, run) =>
      call.method === "createTestMachines" ? refused("timeout", "The job of DefineSystem goes on after 60 seconds.") : run(),
    );
    expect(report.left).toEqual([expect.stringMatching(/may come yet: clean again in 5 minutes$/)]);
    expect(scene.recordFiles()).toHaveLength(1);
  });

  it("by somebody who stops it while it removes what it has made removes it all the same", async () => {
    const journal = new CallJournal();
    const { report } = await scene.probe((call, run) => {
      if (call.method === "removeTestMachines") journal.stop();
      return run();
    }, journal);
    expect([report.result, report.left, await scene.leftOver()]).toEqual(["complete", [], []]);
  });

  it("by a full volume of records removes what it has made", async () => {
    await scene.probe(async (call, run) => (writesRemoval(call) ? refused("noSpace", "The volume is full.") : run()));
    expect(await scene.leftOver()).toEqual([]);
  });

  it("by a host that is lost before the removal says that something is left", async () => {
    let isLost = false;
    const { report } = await scene.probe(async (call, run) => {
      isLost ||= call.key === "createReferencePoints#2";
      if (isLost) throw new HostError("unreachable", "The host does not answer.", { isLasting: true });
      return run();
    });
    expect([report.result, report.left]).toEqual([
      "incomplete",
      [expect.stringMatching(/^hyperv-export-probe-.*: nothing of it was removed$/)],
    ]);
    expect((await scene.clean()).probes.map(({ left }) => left)).toEqual([[]]);
    expect(await scene.leftOver()).toEqual([]);
  });

  // Each makes something that the clean has not seen.
  it.each(["createDirectories#2", "createDirectories#3", "createDirectories#5", "createDirectories#6", "createDirectories#9"])(
    "by a clean of somebody who takes it for a killed one, at %s, removes what it has made since",
    async (key) => {
      let isCleaned = false;
      const intervene: Intervention = async (call, run) => {
        if (call.key === key) isCleaned = (await scene.clean()).probes.length === 1;
        return run();
      };
      const { report } = await scene.probe(intervene);
      expect([isCleaned, report.result, report.left]).toEqual([true, "incomplete", []]);
      expect(await scene.leftOver()).toEqual([]);
    },
  );
});

it("a directory that is not there is not made: nobody would remove it", async () => {
  fs.rmdirSync(scene.directory);
  const { report } = await scene.probe();
  expect(report.steps[0]).toMatchObject({ step: "look", outcome: "failed", code: "invalid-arguments" });
  expect(fs.readdirSync(path.dirname(scene.directory))).toEqual(["lab"]);
});
