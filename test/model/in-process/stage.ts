import type { Run, Stage } from "../sequences";

/** Of sequences that start no process: each operation has a run of the provider of its own. */
export async function inProcessStage<Step, Setting>(
  open: (setting: Setting, onKill: () => void) => Promise<Run<Step>>,
): Promise<Stage<Step, Setting>> {
  let kills = 0;
  return {
    get kills() {
      return kills;
    },
    open: (setting) =>
      open(setting, () => {
        kills += 1;
      }),
    async tidy() {},
    async close() {},
  };
}
