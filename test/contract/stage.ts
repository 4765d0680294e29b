import type { FileVerb } from "../../provider/host/local-files/local-files";
import type { Host } from "../../provider/host/port";

/** A host as far as its files are concerned. */
export type FileHost = Pick<Host, FileVerb | "pathStyle" | "poll" | "close">;

/** What must be set up to hold a host's files to the contract. */
export interface FileStage {
  readonly host: FileHost;
  /** An empty directory of the host, canonical: no link leads to it. */
  readonly scratch: string;
  /** Reaches the host's files without the host's own verbs: what is under test must not confirm itself. */
  readonly files: StageFiles;
  /** Another session on the same host. */
  another(): FileHost;
  dispose(): Promise<void>;
}

/** What an adapter sets up to be held to the whole contract. */
export interface ContractStage extends FileStage {
  readonly host: Host;
  /** Name of a machine with at least two reference points, oldest first, and at least two disks. */
  readonly machine: string;
  /** A name that two machines share. */
  readonly sharedName: string;
  /** How often the method was called for this directory. */
  methodCalls(exportDirectory: string): Promise<number>;
  /** Name of a machine with the disks `plain.vhdx`, `old.vhd`, and such as lie in more files than one: `checkpoint.avhdx`, `set.vhds`. */
  readonly chainedMachine: string;
  /** Name of a machine without a disk. */
  readonly disklessMachine: string;
  /** How often a method that makes or destroys points was called for this machine. */
  pointCalls(virtualMachineId: string): Promise<number>;
  /** How often a method about checkpoints was called for this machine. */
  checkpointCalls(virtualMachineId: string): Promise<number>;
  /** Somebody else makes a checkpoint of this machine; its id. */
  addCheckpoint(virtualMachineId: string, type: "recovery" | "user"): Promise<string>;
  removeCheckpoint(id: string): Promise<void>;
  another(): Host;
}

export const chainedDisks = ["plain.vhdx", "old.vhd", "checkpoint.avhdx", "set.vhds"].map((name) => ({ name, bytes: 4096 }));

/** How the stage's host exports: what the port leaves open, and the suite must know. */
export interface ExportManner {
  /** Whether ExportReferencePoint starts a job, or does all its work and answers 0. */
  readonly exports: "job" | "synchronous";
  /** Whether a job names the files and disks that it exports. */
  readonly jobNames: "files" | "nothing";
  /** Whether points are made and destroyed by jobs, or before the methods answer 0. */
  readonly points: "job" | "synchronous";
  /** The same of checkpoints: made, converted and removed. Their exports are by jobs wherever these are. */
  readonly checkpoints: "job" | "synchronous";
}

/** Arranges and looks at files where the host is. Paths are absolute, in the host's style. */
export interface StageFiles {
  /** Makes the folders that are missing; replaces what is there. */
  write(file: string, content: string | Uint8Array): Promise<void>;
  read(file: string): Promise<Uint8Array>;
  /** Undefined when there is no such file. */
  size(file: string): Promise<number | undefined>;
  /** Names directly in a directory, sorted. */
  list(directory: string): Promise<string[]>;
  /** With the folders above it. */
  makeFolder(directory: string): Promise<void>;
  /** A link at `at` that leads to the file or directory `target`. */
  link(target: string, at: string): Promise<void>;
  /** A file, a link, or a folder with all that is in it. */
  remove(path: string): Promise<void>;
}
