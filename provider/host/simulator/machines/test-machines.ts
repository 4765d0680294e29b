import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import { failure, success } from "../../answer";
import { hostErrorFrom } from "../../local-files/file-errors";
import { GuardedPlace } from "../../local-files/guarded-place";
import { whyChanged } from "../../local-files/preconditions";
import {
  type Answer,
  type Conditional,
  HostError,
  type TestMachine,
  type TestMachineKey,
  type TestMachineRemoval,
  type TestMachineRequest,
} from "../../port";
import { refusal, refused } from "../call/refusal";
import { runningCheckpointJob, runningExport, runningPointJob } from "../jobs/running-work";
import type { Lab } from "../lab/lab";
import type { LabState } from "../state/lab-state";
import { findMachines, machineById } from "../state/look-ups";
import { addDisk, addMachine, withMachine } from "./machine-edits";

const CONTENT_BYTES = 1024 * 1024;

/** A test machine's disk is a raw image: its content from the first byte on. */
export function createTestMachines(lab: Lab, requests: readonly TestMachineRequest[]): Promise<Answer<TestMachine>[]> {
  return each(requests, async (request) => {
    const fault = await refusedBy(lab, "createTestMachines", request.directory, "DefineSystem");
    if (fault) return fault;
    const { name, mark, diskFile, diskBytes, content } = request;
    const file = GuardedPlace.open(request).file(diskFile);
    if (file.exists) throw new HostError("invalidParameter", `${file.path} is there already.`, { path: file.path });
    requireUnchanged(request);
    const virtualMachineId = await lab.store.change((state) => {
      if (findMachines(state, name).length > 0) throw new HostError("invalidParameter", `There is a machine named ${name} already.`);
      const added = addMachine(state, { id: randomUUID(), name, disks: [] });
      return { state: withMachine(added.state, { ...added.machine, notes: mark }), result: added.machine.Name };
    });
    writeDisk(file.path, diskBytes, content);
    await attachDisk(lab, virtualMachineId, { path: file.path, name: diskFile, bytes: diskBytes });
    return success({ virtualMachineId, calls: ["DefineSystem", "CreateVirtualHardDisk", "AddResourceSettings"].map(completed) });
  });
}

/** Gives a machine a disk whose content is a file that lies anywhere on the host. */
export async function attachDisk(
  lab: Lab,
  virtualMachineId: string,
  { path, name, bytes }: { readonly path: string; readonly name: string; readonly bytes: number },
): Promise<void> {
  await lab.store.change((before) => {
    const { state, machine } = addDisk(before, virtualMachineId, { name, bytes, sourceBytes: bytes });
    const disks = machine.disks.map((disk) => (disk === machine.disks.at(-1) ? { ...disk, path } : disk));
    return { state: withMachine(state, { ...machine, disks }), result: undefined };
  });
}

export function removeTestMachines(lab: Lab, machines: readonly TestMachineKey[]): Promise<Answer<TestMachineRemoval>[]> {
  return each(machines, async (asked) => {
    const fault = await refusedBy(lab, "removeTestMachines", undefined, "DestroySystem");
    if (fault) return fault;
    return lab.store.change((state): { state: LabState; result: Answer<TestMachineRemoval> } => {
      const machine = machineById(state, asked.virtualMachineId);
      const left = (result: Answer<TestMachineRemoval>) => ({ state, result });
      if (!machine) return left(success({ kind: "absent", calls: [] }));
      if (machine.ElementName !== asked.name || machine.notes !== asked.mark) return left(success({ kind: "foreign", calls: [] }));
      requireUnchanged(asked);
      const id = machine.Name;
      if (runningExport(state, id) ?? runningPointJob(state, id) ?? runningCheckpointJob(state, id))
        return left(refused(`DestroySystem of machine ${id}`, refusal("inUse", "a job of this machine is running")));
      return { state: withoutMachine(state, id), result: success({ kind: "removed", calls: [completed("DestroySystem")] }) };
    });
  });
}

/** DestroySystem: the machine goes with its points. */
export function withoutMachine(state: LabState, id: string): LabState {
  return {
    ...state,
    machines: state.machines.filter(({ Name }) => Name !== id),
    points: state.points.filter(({ VirtualSystemIdentifier }) => VirtualSystemIdentifier !== id),
  };
}

function completed(method: string) {
  return { method, returnCode: 0, milliseconds: 0 };
}

async function refusedBy(
  lab: Lab,
  method: "createTestMachines" | "removeTestMachines",
  path: string | undefined,
  call: string,
): Promise<Answer<never> | undefined> {
  const fault = await lab.take(["returnCode", "accessDenied"], { method, items: [{ path }] });
  if (!fault) return undefined;
  const told = { why: "the simulator was told to answer so" };
  return refused(call, fault.fault === "returnCode" ? { code: fault.code, ...told } : refusal("accessDenied", told.why));
}

function requireUnchanged({ onlyIf }: Conditional): void {
  const changed = whyChanged(onlyIf);
  if (changed) throw changed;
}

function writeDisk(file: string, bytes: number, content: string): void {
  try {
    const handle = fs.openSync(file, "wx");
    try {
      fs.writeSync(handle, Buffer.alloc(CONTENT_BYTES, content, "latin1"));
      fs.ftruncateSync(handle, bytes);
    } finally {
      fs.closeSync(handle);
    }
  } catch (error) {
    throw hostErrorFrom(error, "make a simulated disk", file);
  }
}

async function each<Item, Value>(items: readonly Item[], work: (item: Item) => Promise<Answer<Value>>): Promise<Answer<Value>[]> {
  const answers: Answer<Value>[] = [];
  for (const item of items) answers.push(await work(item).catch(answered));
  return answers;
}

function answered(error: unknown): { readonly ok: false; readonly error: HostError } {
  if (error instanceof HostError && error.kind !== "damagedState") return failure(error);
  throw error;
}
