import { type HostErrorKind, type PointRefusal, type PointRequest, pointRefusals } from "../../port";
import { isSharedDisk } from "../disk/disk-names";
import { runningMerge } from "../jobs/running-work";
import type { LabState } from "../state/lab-state";
import { conditionOf } from "../state/machine-condition";
import type { MachineRecord } from "../state/wmi-records";

/** How the host says that it makes no point of a machine. */
interface Hindrance {
  /** Whether the method itself refuses, or starts a job that fails. */
  readonly at: "call" | "job";
  readonly kind: HostErrorKind;
  readonly why: string;
}

/**
 * A machine without a disk is known from a real run: its job fails with 32770. A shared disk gave 32770 where a collection was
 * checkpointed; of the rest no source says the code.
 */
const hindrances: Readonly<Record<PointRefusal, Hindrance>> = {
  noDisks: { at: "job", kind: "notSupported", why: "The virtual machine has no virtual hard disk." },
  passThroughDisk: { at: "job", kind: "notSupported", why: "A physical disk is attached to the virtual machine." },
  sharedDisk: { at: "job", kind: "notSupported", why: "Active-active access is not supported for the shared VHDX." },
  replica: { at: "call", kind: "notSupported", why: "the virtual machine is a replica" },
  checkpointRunning: { at: "call", kind: "invalidState", why: "a checkpoint of the virtual machine is being made" },
  guestBackupOff: { at: "job", kind: "failed", why: "The backup service of the guest does not answer." },
};

/** @param ignored what the caller has asked to leave out */
export function hindranceOf(
  machine: MachineRecord,
  wanted: PointRequest["consistency"],
  ignored: readonly PointRefusal[] = [],
): Hindrance | undefined {
  const { guestBackup } = conditionOf(machine);
  const hinders = (one: PointRefusal) => one !== "guestBackupOff" || (guestBackup === "fails" && wanted === "application");
  const first = pointRefusals.find((one) => !ignored.includes(one) && isSeen(machine, one) && hinders(one));
  return first && hindrances[first];
}

/** All that can be seen on a machine after a refusal, whether or not it was the reason. */
export function allSeenOn(machine: MachineRecord): PointRefusal[] {
  return pointRefusals.filter((one) => isSeen(machine, one));
}

/** The first of it. */
export function seenOn(machine: MachineRecord, ignored: readonly PointRefusal[] = []): PointRefusal | undefined {
  return allSeenOn(machine).find((one) => !ignored.includes(one));
}

/** The same right after a call: a merge that is under way is seen as well. */
export function seenNow(state: LabState, machine: MachineRecord, ignored: readonly PointRefusal[] = []): PointRefusal | undefined {
  return seenOn(machine, ignored) ?? (runningMerge(state, machine.Name) && "checkpointRunning");
}

function isSeen(machine: MachineRecord, what: PointRefusal): boolean {
  const { guestBackup, passThroughDisk, replica, checkpointRunning } = conditionOf(machine);
  const seen: Readonly<Record<PointRefusal, boolean>> = {
    noDisks: machine.disks.length === 0,
    passThroughDisk,
    sharedDisk: machine.disks.some(({ name }) => isSharedDisk(name)),
    replica,
    checkpointRunning,
    guestBackupOff: guestBackup !== "works",
  };
  return seen[what];
}
