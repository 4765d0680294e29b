import type { Layout } from "../../support/layouts";
import type { Step } from "./commands";
import type { Declaration } from "./declaration";

/** A sequence that failed once, and what must not be wrong any more. */
export interface Regression {
  readonly name: string;
  /** Default: the usual one. */
  readonly layout?: Layout;
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

const kept: Step = {
  do: "declare",
  slot: "a",
  as: { ...plain, point: "s2", directory: "deep/three", onDestroy: "keep", onExisting: "adopt" },
};

/**
 * Where a kill hits differs from run to run: nothing, a claim, a job, a file. Whatever it has left, the model must know what the next ups
 * come to. A person of the model does not meddle with what is half done.
 */
function afterKill(what: string, before: readonly Step[], after: number, slow: boolean): Regression {
  return {
    name: `after ${what} that was killed at ${after} ms, the next up makes it true, and one after new damage, too`,
    steps: [
      kept,
      ...before,
      { do: "kill", during: "up", after, slow },
      { do: "refresh" },
      { do: "up" },
      { do: "damage", slot: "a", damage: { kind: "resized", file: 3 } },
      { do: "faultOn", fault: { fault: "jobCompletesWithWarnings" } },
      { do: "refresh" },
      { do: "up" },
    ],
  };
}

const damaged: readonly Step[] = [{ do: "up" }, { do: "damage", slot: "a", damage: { kind: "missing", file: 2 } }, { do: "refresh" }];

export const regressions: readonly Regression[] = [
  {
    name: "after an up with nothing to do that was killed, a folder in a file's place stops the repair",
    steps: [
      kept,
      { do: "up" },
      { do: "kill", during: "up", after: 52, slow: false },
      { do: "damage", slot: "a", damage: { kind: "replaced", file: 1 } },
      { do: "refresh" },
      { do: "damage", slot: "a", damage: { kind: "resized", file: 3 } },
      { do: "faultOn", fault: { fault: "jobCompletesWithWarnings" } },
      { do: "up" },
    ],
  },
  afterKill("an up with nothing to do", [{ do: "up" }], 52, false),
  afterKill("a repair", damaged, 20, false),
  afterKill("a repair", damaged, 150, true),
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
    name: "an export does not write over one of another point whose delete is still to come",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "change", slot: "a", to: { directory: "two" } },
      { do: "faultOn", fault: { fault: "accessDenied", path: "VOLUME/one", method: "startTasks" } },
      { do: "up" },
      { do: "change", slot: "a", to: { directory: "one", point: "s3" } },
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
  {
    name: "a repair whose claim is lost leaves no directory",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "faultOn", fault: { fault: "diskFull", method: "moveFiles" } },
      { do: "damage", slot: "a", damage: { kind: "altered", file: 4 } },
      { do: "refresh" },
      { do: "up" },
      { do: "damage", slot: "a", damage: { kind: "claimDeleted" } },
      { do: "faultsOff" },
      { do: "up" },
      { do: "refresh" },
    ],
  },
  {
    name: "a repair that begins anew leaves no directory of the one before",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "faultOn", fault: { fault: "diskFull", method: "moveFiles", count: 3 } },
      { do: "faultOn", fault: { fault: "diskFull", method: "replaceTextFiles", count: 1 } },
      { do: "damage", slot: "a", damage: { kind: "altered", file: 4 } },
      { do: "refresh" },
      { do: "up" },
      { do: "up" },
      { do: "damage", slot: "a", damage: { kind: "missing", file: 3 } },
    ],
  },
  {
    name: "a delete that was stopped after the claim went removes the repair's directory, too",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "damage", slot: "a", damage: { kind: "resized", file: 0 } },
      { do: "refresh" },
      { do: "faultOn", fault: { fault: "connectionLostBefore", method: "removeEmptyDirectories" } },
      { do: "up" },
      { do: "destroy" },
    ],
  },
  {
    name: "a repair that lost a file on its way into place is made anew",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "faultOn", fault: { fault: "hostUnreachable", method: "removeEmptyDirectories" } },
      { do: "damage", slot: "a", damage: { kind: "resized", file: 4 } },
      { do: "refresh" },
      { do: "up" },
      { do: "damage", slot: "a", damage: { kind: "missing", file: 1 } },
    ],
  },
  {
    name: "a finished job is not taken for files that a delete has removed since",
    steps: [
      { do: "faultOn", fault: { fault: "hostUnreachable", method: "poll" } },
      { do: "declare", slot: "b", as: plain },
      { do: "up" },
      { do: "destroy" },
    ],
  },
  {
    name: "of two that lost their claim on one directory, one repairs",
    steps: [
      { do: "declare", slot: "a", as: { ...plain, point: "w1" } },
      { do: "up" },
      { do: "removeDirectory", slot: "a" },
      { do: "declare", slot: "b", as: plain },
      { do: "up" },
      { do: "refresh" },
      { do: "removeDirectory", slot: "b" },
      { do: "putForeign", slot: "b", file: "notes.txt" },
      { do: "refresh" },
      { do: "up" },
    ],
  },
  {
    name: "of two that meet in a directory whose records are spoiled, the files tell whose it is",
    steps: [
      { do: "declare", slot: "b", as: plain },
      { do: "up" },
      { do: "declare", slot: "a", as: { ...plain, point: "w1" } },
      { do: "removeDirectory", slot: "b" },
      { do: "up" },
      { do: "damage", slot: "a", damage: { kind: "manifestDeleted" } },
      { do: "refresh" },
      { do: "damage", slot: "a", damage: { kind: "claimGarbled" } },
      { do: "up" },
    ],
  },
  {
    name: "a refresh sees what this process has changed since it surveyed the folder",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "change", slot: "a", to: { directory: "two" } },
      { do: "faultOn", fault: { fault: "accessDenied", path: "VOLUME/one", method: "startTasks" } },
      { do: "up" },
      { do: "refresh" },
      { do: "faultsOff" },
      { do: "change", slot: "a", to: { directory: "one" } },
      { do: "up" },
      { do: "refresh" },
    ],
  },
  {
    name: "a replacement that would be refused does not delete the old export first",
    steps: [
      { do: "declare", slot: "a", as: plain },
      { do: "up" },
      { do: "putForeign", slot: "a", file: "notes.txt" },
      { do: "change", slot: "a", to: { trigger: 1 } },
      { do: "up" },
      { do: "refresh" },
      { do: "takeForeign", slot: "a" },
      { do: "up" },
      { do: "refresh" },
    ],
  },
  {
    name: "a destroy cancels the job of an unfinished export whose directory a person has removed",
    steps: [
      { do: "declare", slot: "b", as: plain },
      { do: "faultOn", fault: { fault: "hostUnreachable", method: "replaceTextFiles" } },
      { do: "faultOn", fault: { fault: "jobStalls", atPercent: 0, count: 1 } },
      { do: "up" },
      { do: "removeDirectory", slot: "b" },
      { do: "destroy" },
    ],
  },
  {
    name: "an export whose job names no files is not finished without its configuration",
    layout: "opaqueUnnamed",
    steps: [
      { do: "declare", slot: "b", as: { ...plain, point: "s3", differential: true, disks: "first" } },
      { do: "faultOn", fault: { fault: "connectionLostAfter", method: "poll" } },
      { do: "up" },
      { do: "damage", slot: "b", damage: { kind: "missing", file: 0 } },
      { do: "faultsOff" },
      { do: "up" },
      { do: "refresh" },
    ],
  },
  {
    name: "a full export whose job names no files is not finished without a disk",
    layout: "opaqueUnnamed",
    steps: [
      { do: "declare", slot: "b", as: plain },
      { do: "faultOn", fault: { fault: "connectionLostAfter", method: "poll" } },
      { do: "up" },
      { do: "damage", slot: "b", damage: { kind: "missing", file: 0 } },
      { do: "faultsOff" },
      { do: "up" },
      { do: "refresh" },
    ],
  },
];
