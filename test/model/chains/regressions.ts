import type { Regression } from "../prove-model";
import type { Declaration, Manner, Step } from "./commands";

const plain: Declaration = {
  directory: "one",
  machine: "SQL01",
  via: "referencePoint",
  generation: "named",
  fullEvery: 3,
  disks: "all",
  verification: "size",
  onLostBase: "full",
  onDestroy: "delete",
  onExisting: "fail",
  trigger: 0,
  name: "first",
};
const night: Step = { do: "night", hours: 24 };
const up: Step = { do: "up", slot: "a" };
const declared = (changes: Partial<Declaration> = {}): Step => ({ do: "declare", slot: "a", as: { ...plain, ...changes } });

export const regressions: readonly Regression<Step, Manner>[] = [
  {
    name: "a chain that a destroy has kept is taken over with other triggers, and destroyed",
    setting: "by jobs",
    steps: [declared({ onDestroy: "keep", trigger: 1 }), up, { do: "destroy", slot: "a" }],
  },
  {
    name: "an up that is killed while it lets generations go goes on with that",
    setting: "points listed late",
    steps: [
      declared({ keep: { last: 1 }, fullEvery: 2, generation: "daily" }),
      up,
      night,
      up,
      night,
      { do: "kill", during: "up", slot: "a", at: 40, when: "after" },
      night,
      up,
    ],
  },
];
