import type { Step } from "./commands";
import type { Declaration } from "./declaration";

/** A sequence that failed once, and what must not be wrong any more. */
export interface Regression {
  readonly name: string;
  readonly steps: readonly Step[];
}

const plain: Declaration = {
  point: "s1",
  differential: false,
  disks: "all",
  directory: "one",
  verification: "content",
  onDestroy: "delete",
  onExisting: "fail",
  trigger: 0,
};

export const regressions: readonly Regression[] = [
  {
    name: "an export that moves back before its old directory was deleted is not deleted with it",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "change", slot: "a", to: { directory: "two" } },
      { do: "faultOn", fault: { fault: "accessDenied", path: "VOLUME/one", method: "startTasks" } },
      { do: "up" },
      { do: "change", slot: "a", to: { directory: "one" } },
      { do: "faultsOff" },
      { do: "up" },
      { do: "refresh" },
    ],
  },
  {
    name: "an export of another point that moves back before its old directory was deleted is not deleted with it",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "change", slot: "a", to: { directory: "two" } },
      { do: "faultOn", fault: { fault: "accessDenied", path: "VOLUME/one", method: "startTasks" } },
      { do: "up" },
      { do: "declare", slot: "a", as: { ...plain, point: "s3" } },
      { do: "faultsOff" },
      { do: "up" },
      { do: "refresh" },
    ],
  },
  {
    name: "a repair does not write over an export that another resource has given up",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "removeDirectory", slot: "a" },
      { do: "declare", slot: "b", as: { ...plain, point: "w1", onDestroy: "keep" } },
      { do: "up" },
      { do: "refresh" },
      { do: "change", slot: "b", to: { point: "w2" } },
      { do: "up" },
      { do: "up" },
    ],
  },
  {
    name: "a create that has no room for its claim leaves no directory",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "faultOn", fault: { fault: "diskFull", method: "createTextFiles", count: 2 } },
      { do: "up" },
      { do: "undeclare", slot: "a" },
    ],
  },
];
