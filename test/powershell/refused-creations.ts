/** What a method that makes something of a machine answers, by either family of codes: the lab's own code, the one sent, and its kind. */
export const creationRefusals = [
  ["vendor", 32775, 32775, "invalidState"],
  ["vendor", 32778, 32778, "outOfMemory"],
  ["dmtf", 32770, 1, "notSupported"],
  ["dmtf", 32768, 2, "failed"],
  ["dmtf", 32772, 3, "timeout"],
  ["dmtf", 32773, 4, "invalidParameter"],
  ["dmtf", 32775, 5, "invalidState"],
  ["dmtf", 32776, 6, "incorrectDataType"],
] as const;

/** What is seen on a machine of which nothing is made, and what it is called. */
export const refusingConditions = [
  [{ passThroughDisk: true }, "passThroughDisk"],
  [{ replica: true }, "replica"],
  [{ checkpointRunning: true }, "checkpointRunning"],
  [{ guestBackup: "fails" }, "guestBackupOff"],
] as const;

export const wellConditions = { passThroughDisk: false, replica: false, checkpointRunning: false, guestBackup: "works" } as const;

/** No id of anything, and none that may end a query or a path early. */
export const hostileIds = ["x' OR InstanceID LIKE '%", "Microsoft:\\", '"', "Zweitgerät 点"] as const;
