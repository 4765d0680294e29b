/** Paths of an export's files, relative to its directory, forward slashes. */
export interface ExportNames {
  /** In the order of the disks. */
  readonly disks: readonly string[];
  readonly runtimeState: string;
  readonly guestState: string;
  readonly configuration: string;
}
