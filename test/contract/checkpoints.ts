import { expect, it } from "vitest";
import { sha256Of } from "../../provider/domain/values/sha256";
import { kind, value } from "./answers";
import type { CheckpointTrial } from "./checkpoint-trial";

const NO_MACHINE = "00000000-0000-0000-0000-000000000000";
const NO_CHECKPOINT = "Microsoft:00000000-0000-0000-0000-000000000000";

export function checkpoints(trial: () => CheckpointTrial): void {
  it("makes one in one call: the machine's disks are files of it from now on, and it names those that they were", async () => {
    const { id } = await trial().machine();
    const before = await trial().checkpointsOf(id);
    expect(before).toMatchObject({ checkpoints: [], isMerging: false, unsupportedDisks: [] });
    const calls = await trial().stage.checkpointCalls(id);
    const made = await trial().madeCheckpoint(id);
    expect(await trial().stage.checkpointCalls(id)).toBe(calls + 1);
    const { checkpoints, disks } = await trial().checkpointsOf(id);
    expect(checkpoints).toEqual([
      {
        id: expect.stringMatching(/^Microsoft:[0-9A-F-]{36}$/),
        path: expect.stringMatching(
          /^\\\\[^\\]+\\root\\virtualization\\v2:Msvm_VirtualSystemSettingData\.InstanceID="Microsoft:[0-9A-F-]{36}"$/,
        ),
        name: expect.any(String),
        type: "Microsoft:Hyper-V:Snapshot:Recovery",
        isRecovery: true,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        disks: before.disks.map(({ instanceId, path }) => ({ instanceId, path })),
      },
    ]);
    expect(made).toEqual(checkpoints[0]);
    expect(disks.map(({ instanceId }) => instanceId)).toEqual(before.disks.map(({ instanceId }) => instanceId));
    for (const [index, disk] of disks.entries()) {
      expect(disk.path).toMatch(/\.avhdx$/);
      expect(disk.path).not.toBe(before.disks[index]?.path);
      expect(disk.bytes).toBeGreaterThan(0);
    }
    const [found] = value((await trial().host.findVirtualMachines([id]))[0]);
    expect(found?.disks.map(({ path }) => path)).toEqual(disks.map(({ path }) => path));
    await trial().removed(id, made.id);
    expect(await trial().checkpointsOf(id)).toEqual(before);
  });

  it("turns one into a point of its moment, and merges what the machine has written", async () => {
    const { id, disks } = await trial().machine();
    const before = await trial().checkpointsOf(id);
    for (const consistency of ["application", "crash"] as const) {
      const { id: checkpointId } = await trial().madeCheckpoint(id, { consistency });
      const points = await trial().pointIds();
      const calls = await trial().stage.checkpointCalls(id);
      const [answer] = await trial().host.convertCheckpoints([{ virtualMachineId: id, checkpointId }]);
      await trial().checkpointWorkOver(answer);
      expect(await trial().stage.checkpointCalls(id)).toBe(calls + 1);
      const [listed] = await trial().host.listReferencePoints([id]);
      const [made, ...more] = value(listed).filter((point) => !points.includes(point.id));
      expect(more).toEqual([]);
      expect(made).toMatchObject({ kind: "rct", consistency, diskIds: disks.map(({ instanceId }) => instanceId) });
      await trial().merged(id);
      expect(await trial().checkpointsOf(id)).toEqual(before);
    }
  });

  it("exports one whole, and the next as the difference to the point that it has become", async () => {
    const { id: virtualMachineId } = await trial().machine();
    const { id: first } = await trial().madeCheckpoint(virtualMachineId);
    const [full, difference] = [await trial().place(), await trial().place()];
    const calls = await trial().stage.checkpointCalls(virtualMachineId);
    await trial().exported({ virtualMachineId, checkpointId: first, intent: "preserveChain", exportDirectory: full.directory });
    expect(await trial().stage.checkpointCalls(virtualMachineId)).toBe(calls + 1);
    const points = await trial().pointIds();
    await trial().checkpointWorkOver((await trial().host.convertCheckpoints([{ virtualMachineId, checkpointId: first }]))[0]);
    const [baseReferencePointId] = (await trial().pointIds()).filter((point) => !points.includes(point));
    await trial().merged(virtualMachineId);
    const { id: checkpointId } = await trial().madeCheckpoint(virtualMachineId);
    const request = { virtualMachineId, checkpointId, ...(baseReferencePointId && { baseReferencePointId }), intent: "merge" } as const;
    await trial().exported({ ...request, exportDirectory: difference.directory });
    await trial().removed(virtualMachineId, checkpointId);
    // Nothing was written in between.
    expect(await trial().bytesBelow(difference.directory)).toBeLessThan(await trial().bytesBelow(full.directory));
    expect(await trial().bytesBelow(difference.directory)).toBeGreaterThan(0);
  });

  it("calls one absent that is not there, and only of a machine that is", async () => {
    const { host, stage } = trial();
    const virtualMachineId = (await trial().machine()).id;
    const { id: checkpointId } = await trial().madeCheckpoint(virtualMachineId);
    const [other] = value((await host.findVirtualMachines([stage.disklessMachine]))[0]);
    const calls = await stage.checkpointCalls(virtualMachineId);
    const asked = [
      { virtualMachineId, checkpointId: NO_CHECKPOINT },
      { virtualMachineId: NO_MACHINE, checkpointId },
      { virtualMachineId: other?.id ?? "", checkpointId },
    ];
    const expected = [
      { ok: true, value: { kind: "absent" } },
      { ok: false, error: expect.objectContaining({ kind: "notFound" }) },
      { ok: true, value: { kind: "absent" } },
    ];
    expect(await host.convertCheckpoints(asked)).toEqual(expected);
    expect(await host.removeCheckpoints(asked)).toEqual(expected);
    expect((await host.listCheckpoints([NO_MACHINE])).map(kind)).toEqual(["notFound"]);
    const { directory } = await trial().place();
    const base = { baseReferencePointId: NO_CHECKPOINT };
    const ours = { virtualMachineId, checkpointId };
    const exports = [...asked, { ...ours, ...base }].map((key) => ({ ...key, intent: "merge", exportDirectory: directory }) as const);
    expect((await host.exportCheckpoints(exports)).map(kind)).toEqual(exports.map(() => "invalidParameter"));
    expect(await trial().files.list(directory)).toEqual([]);
    expect(await stage.checkpointCalls(virtualMachineId)).toBe(calls);
    await trial().removed(virtualMachineId, checkpointId);
  });

  it("leaves a person's checkpoint alone, and tells it from one that backup software has made", async () => {
    const { host, stage } = trial();
    const virtualMachineId = (await trial().machine()).id;
    const ids = [await stage.addCheckpoint(virtualMachineId, "user"), await stage.addCheckpoint(virtualMachineId, "recovery")];
    const { checkpoints } = await trial().checkpointsOf(virtualMachineId);
    expect(checkpoints.map(({ id, isRecovery }) => [id, isRecovery])).toEqual(ids.map((id, index) => [id, index === 1]));
    const calls = await stage.checkpointCalls(virtualMachineId);
    const key = { virtualMachineId, checkpointId: ids[0] ?? "" };
    const { directory } = await trial().place();
    const answers = [
      ...(await host.convertCheckpoints([key])),
      ...(await host.removeCheckpoints([key])),
      ...(await host.exportCheckpoints([{ ...key, intent: "merge", exportDirectory: directory }])),
    ];
    expect(answers.map(kind)).toEqual(["invalidParameter", "invalidParameter", "invalidParameter"]);
    expect(await stage.checkpointCalls(virtualMachineId)).toBe(calls);
    expect((await trial().checkpointsOf(virtualMachineId)).checkpoints).toEqual(checkpoints);
    for (const id of [...ids].reverse()) {
      await stage.removeCheckpoint(id);
      await trial().merged(virtualMachineId);
    }
  });

  it("names the disks that none can hold, and leaves them out where it is asked to", async () => {
    const { host, stage } = trial();
    const [machine] = value((await host.findVirtualMachines([stage.chainedMachine]))[0]);
    const { id = "", disks = [] } = machine ?? {};
    const set = disks.find(({ path }) => path.endsWith(".vhds"));
    expect((await trial().checkpointsOf(id)).unsupportedDisks).toEqual([{ instanceId: set?.instanceId, why: "sharedDisk" }]);
    const request = { virtualMachineId: id, consistency: "crash", ignoreUnsupportedDisks: false } as const;
    const [answer] = await host.createCheckpoints([request]);
    const refusal = answer?.ok ? (await trial().checkpointWorkOver(answer))?.refusals?.[0] : answer?.error.details.refusal;
    expect(refusal).toBe("sharedDisk");
    expect((await trial().checkpointsOf(id)).checkpoints).toEqual([]);
    const made = await trial().madeCheckpoint(id, { ignoreUnsupportedDisks: true });
    expect(made.disks.map(({ instanceId }) => instanceId)).toEqual(
      disks.filter((disk) => disk !== set).map(({ instanceId }) => instanceId),
    );
    await trial().removed(id, made.id);
  });

  it("calls no method once a condition does not hold, and does not ask for one where nothing is left to change", async () => {
    const { host, stage, files } = trial();
    const virtualMachineId = (await trial().machine()).id;
    const { id: checkpointId } = await trial().madeCheckpoint(virtualMachineId);
    const { directory } = await trial().place();
    await files.write(trial().at(directory, "record"), "theirs");
    const unlike = { directory, path: "record", sha256: sha256Of("mine") };
    const onlyIf = { ...unlike, sha256: sha256Of("theirs") };
    const key = { virtualMachineId, checkpointId };
    const request = { virtualMachineId, consistency: "crash", ignoreUnsupportedDisks: false } as const;
    const calls = await stage.checkpointCalls(virtualMachineId);
    const answers = [
      ...(await host.createCheckpoints([{ ...request, onlyIf: unlike }])),
      ...(await host.exportCheckpoints([{ ...key, intent: "merge", exportDirectory: directory, onlyIf: unlike }])),
      ...(await host.convertCheckpoints([{ ...key, onlyIf: unlike }])),
      ...(await host.removeCheckpoints([{ ...key, onlyIf: unlike }])),
    ];
    expect(answers.map(kind)).toEqual(answers.map(() => "preconditionFailed"));
    expect(await stage.checkpointCalls(virtualMachineId)).toBe(calls);
    await trial().checkpointWorkOver((await host.removeCheckpoints([{ ...key, onlyIf }]))[0]);
    await trial().merged(virtualMachineId);
    const absent = { ok: true, value: { kind: "absent" } };
    expect(await host.removeCheckpoints([{ ...key, onlyIf: unlike }])).toEqual([absent]);
    expect(await host.convertCheckpoints([{ ...key, onlyIf: unlike }])).toEqual([absent]);
    expect(await stage.checkpointCalls(virtualMachineId)).toBe(calls + 1);
  });

  it("answers each request for itself, and none for nothing", async () => {
    const { host } = trial();
    const { id } = await trial().machine();
    const request = { virtualMachineId: id, consistency: "crash", ignoreUnsupportedDisks: false } as const;
    const answers = await host.createCheckpoints([{ ...request, virtualMachineId: NO_MACHINE }, request]);
    expect(answers.map(kind)).toEqual(["notFound", "ok"]);
    await trial().checkpointWorkOver(answers[1]);
    const [made] = (await trial().checkpointsOf(id)).checkpoints;
    await trial().removed(id, made?.id ?? "");
    for (const verb of ["listCheckpoints", "createCheckpoints", "exportCheckpoints", "convertCheckpoints", "removeCheckpoints"] as const)
      expect(await host[verb]([])).toEqual([]);
    expect(await host.findCheckpointJobs([])).toEqual([]);
  });
}
