import { HostError } from "../../port";
import { requireDisk } from "../state/disk-look-ups";
import type { LabState } from "../state/lab-state";
import { requireMachine } from "../state/look-ups";
import { withMachine } from "./machine-edits";

export function addWrite(
  state: LabState,
  write: { readonly virtualMachine: string; readonly disk: string; readonly offset: number; readonly bytes: number; readonly seed: string },
): LabState {
  const machine = requireMachine(state, write.virtualMachine);
  const disk = requireDisk(machine, write.disk);
  const { offset, bytes, seed } = write;
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(bytes);
  if (!whole || offset < 0 || bytes <= 0 || offset + bytes > disk.bytes) {
    throw new HostError(
      "invalidParameter",
      `A write to ${disk.name} must lie within its ${disk.bytes} bytes: got offset ${offset} and ${bytes} bytes.`,
    );
  }
  const sequence = machine.sequence + 1;
  const written = { ...disk, writes: [...disk.writes, { offset, bytes, seed, sequence }] };
  return withMachine(state, { ...machine, sequence, disks: machine.disks.map((one) => (one === disk ? written : one)) });
}
