/**
 * Milliseconds after which a verb is taken for hung: so much, and so much an item. Far beyond what a slow host needs, for past it the
 * shell is ended, and everything that it was asked for with it. CIM calls give up by themselves before (60 s a query, 120 s a method).
 */
const deadlines = {
  inspect: { base: 240_000, item: 0 },
  findVirtualMachines: { base: 240_000, item: 1000 },
  listVirtualMachines: { base: 240_000, item: 0 },
  listReferencePoints: { base: 240_000, item: 1000 },
  exportReferencePoints: { base: 240_000, item: 125_000 },
  createReferencePoints: { base: 600_000, item: 125_000 },
  destroyReferencePoints: { base: 240_000, item: 125_000 },
  findPointJobs: { base: 600_000, item: 0 },
  pollPointJobs: { base: 600_000, item: 65_000 },
  listCheckpoints: { base: 300_000, item: 3000 },
  createCheckpoints: { base: 600_000, item: 125_000 },
  exportCheckpoints: { base: 300_000, item: 125_000 },
  convertCheckpoints: { base: 300_000, item: 125_000 },
  removeCheckpoints: { base: 300_000, item: 125_000 },
  findCheckpointJobs: { base: 600_000, item: 0 },
  pollCheckpointJobs: { base: 600_000, item: 65_000 },
  findExportJobs: { base: 240_000, item: 0 },
  terminateJobs: { base: 240_000, item: 125_000 },
  pollJobs: { base: 240_000, item: 1000 },
  createTestMachines: { base: 300_000, item: 900_000 },
  removeTestMachines: { base: 300_000, item: 185_000 },
  readInstances: { base: 240_000, item: 65_000 },
  readDirectories: { base: 300_000, item: 10_000 },
  surveyDirectories: { base: 300_000, item: 60_000 },
  createDirectories: { base: 120_000, item: 5000 },
  removeEmptyDirectories: { base: 120_000, item: 5000 },
  createTextFiles: { base: 120_000, item: 5000 },
  replaceTextFiles: { base: 120_000, item: 5000 },
  moveFiles: { base: 120_000, item: 5000 },
  startTasks: { base: 60_000, item: 0 },
  cancelTasks: { base: 60_000, item: 0 },
  pollTasks: { base: 60_000, item: 0 },
} as const;

export type BridgeVerb = keyof typeof deadlines;

export function deadlineOf(verb: BridgeVerb, items: number): number {
  const { base, item } = deadlines[verb];
  return base + item * items;
}
