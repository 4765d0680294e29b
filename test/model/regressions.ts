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
];
