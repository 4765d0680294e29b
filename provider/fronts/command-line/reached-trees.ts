import type { Trees } from "../../lifecycle/trees";

/** Directories in reach, of this machine or of a host. */
export interface ReachedTrees {
  readonly trees: Trees;
  /** A path that a person has given, as the lifecycle takes it. */
  pathOf(directory: string): string;
}
