import { addWrite } from "../machines/disk-writes";
import { addMachine } from "../machines/machine-edits";
import { addPoint } from "../machines/point-edits";
import { emptyState, type LabState } from "../state/lab-state";

const MiB = 1024 * 1024;
const EPOCH = Date.parse("2026-11-20T22:00:00Z");
const DAY = 24 * 3_600_000;

/**
 * The lab that an empty directory becomes. GUIDs, contents and times are fixed, so programs and documentation can name them, and two
 * processes that open one empty directory make the same lab.
 */
export function defaultState(): LabState {
  let state = emptyState();
  const machine = (id: string, name: string, disks: readonly (readonly [name: string, mebibytes: number])[]): void => {
    state = addMachine(state, {
      id,
      name,
      disks: disks.map(([disk, size]) => ({ name: disk, bytes: size * MiB, seed: `${id}/${disk}` })),
    }).state;
  };
  const point = (
    virtualMachine: string,
    id: string,
    kind: "rct" | "log",
    day: number,
    consistency: "application" | "crash" = "application",
  ): void => {
    state = addPoint(state, { virtualMachine, id, kind, consistency, createdAt: EPOCH + day * DAY }).state;
  };
  const write = (virtualMachine: string, disk: string, offset: number, bytes: number, seed: string): void => {
    state = addWrite(state, { virtualMachine, disk, offset, bytes, seed });
  };

  machine(SQL01, "SQL01", [
    ["SQL01-system.vhdx", 4],
    ["SQL01-data.vhdx", 3],
  ]);
  point(SQL01, "5A010000-0000-4000-8000-000000000001", "rct", 0);
  write(SQL01, "SQL01-system.vhdx", 64 * 1024, 256 * 1024, "sql01 system, day 1");
  write(SQL01, "SQL01-data.vhdx", 0, MiB, "sql01 data, day 1");
  point(SQL01, "5A010000-0000-4000-8000-000000000002", "rct", 1);
  write(SQL01, "SQL01-data.vhdx", MiB - 4096, MiB, "sql01 data, day 2");
  write(SQL01, "SQL01-data.vhdx", 3 * MiB - 512, 512, "sql01 data, last sector");
  point(SQL01, "5A010000-0000-4000-8000-000000000003", "rct", 2, "crash");
  write(SQL01, "SQL01-data.vhdx", 2 * MiB, 64 * 1024, "sql01 data, since the last point");

  machine(WEB01, "WEB01", [["WEB01.vhdx", 6]]);
  write(WEB01, "WEB01.vhdx", 5 * MiB, 128 * 1024, "web01");
  point(WEB01, "3EB01000-0000-4000-8000-000000000001", "rct", 2, "crash");

  machine(DC01, "DC01", [["DC01.vhdx", 5]]);
  point(DC01, "DC010000-0000-4000-8000-000000000001", "log", 0);
  write(DC01, "DC01.vhdx", 2 * MiB, 512 * 1024, "dc01, day 1");
  point(DC01, "DC010000-0000-4000-8000-000000000002", "log", 1);

  machine(FILE01, "FILE01", [["FILE01.vhdx", 4]]);
  machine("7E570100-0000-4000-8000-00000000000A", "TEST01", [["TEST01.vhdx", 2]]);
  machine("7E570100-0000-4000-8000-00000000000B", "TEST01", [["TEST01.vhdx", 2]]);
  return state;
}

const SQL01 = "5A010000-0000-4000-8000-00000000000A";
const WEB01 = "3EB01000-0000-4000-8000-00000000000A";
const DC01 = "DC010000-0000-4000-8000-00000000000A";
const FILE01 = "F11E0100-0000-4000-8000-00000000000A";
