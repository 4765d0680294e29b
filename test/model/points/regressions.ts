import type { Regression } from "../prove-model";
import type { Declaration, Manner, Step } from "./commands";

const plain: Declaration = { machine: "SQL01", consistency: "application", onDestroy: "delete", trigger: 0, name: "first" };
const declared: Step = { do: "declare", slot: "p", as: plain };
const up: Step = { do: "up" };

export const regressions: readonly Regression<Step, Manner>[] = [
  {
    name: "a point of which nothing tells is named when its resource is declared again",
    setting: "at once",
    steps: [declared, { do: "kill", during: "up", at: 11, when: "during" }, { do: "undeclare", slot: "p" }, up],
  },
  {
    name: "a destroy that was killed, and an up that finds nothing to do, leave no record",
    setting: "listed late",
    steps: [declared, up, { do: "kill", during: "destroy", at: 5, when: "after" }, up],
  },
  {
    name: "the base of an export outlives its replacement, for as long as the export is declared",
    setting: "by a job",
    steps: [
      declared,
      up,
      { do: "declareExport", base: "p" },
      up,
      { do: "change", slot: "p", to: { trigger: 1 } },
      up,
      { do: "undeclare", slot: "p" },
      up,
      { do: "undeclareExport" },
      up,
    ],
  },
  {
    name: "what a killed replacement has made is named when the replacement is taken back and the resource destroyed",
    setting: "by a job",
    steps: [
      declared,
      up,
      { do: "change", slot: "p", to: { trigger: 1 } },
      { do: "kill", during: "up", at: 10, when: "after" },
      { do: "change", slot: "p", to: { trigger: 0 } },
      up,
    ],
  },
];
