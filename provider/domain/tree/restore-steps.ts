/** How an export was made: what is known of a restore differs. */
export type ExportWay = "checkpoint" | "referencePoint";

export interface RestoreProof {
  /** Backticks stand around what is code. */
  readonly what: string;
  readonly how: string;
  readonly isProven: boolean;
  /** Of exports that were made in this way alone. */
  readonly way?: ExportWay;
}

/** What is known of a restore, and how. */
export const restoreProofs: readonly RestoreProof[] = [
  {
    what: "Every line of a chain, applied in its order, gives each disk byte for byte",
    how: "tested after every night, on the simulator, whose disks are the simulator's own format",
    isProven: true,
  },
  {
    what: "The manifests alone tell each line in its order, for chains of both ways",
    how: "tested on the simulator: found so, each line gives each disk byte for byte",
    isProven: true,
  },
  {
    what: "The commands find, check and join a line, and find the machine's configuration",
    how: "tested under a real PowerShell 7, on what the simulator has exported, with stand-ins for `Set-VHD`, `Merge-VHD` and `Compare-VM`",
    isProven: true,
  },
  {
    what: "Disks that are real VHDX files come out of both ways, by full exports and by differences, so that qemu reads every byte that the guest had",
    how: "tested with files that `qemu-img` 7.2 has made and reads. The differences are the simulator's own",
    isProven: true,
  },
  {
    what: "A chain of real differences (AVHDX) is joined by `Set-VHD` and `Merge-VHD`",
    how: "`qemu-img` 7.2 neither makes nor opens a VHDX that has a parent, so only a Hyper-V host can show it",
    isProven: false,
  },
  {
    what: 'An `ExportSystemDefinition` of a checkpoint, which is called for chains `via: "checkpoint"`, gives `Virtual Machines\\GUID.vmcx`, `.vmgs`, `.vmrs` and `Virtual Hard Disks`',
    how: "recorded from real runs on Windows Server 2025, by Justsenger (HyperV-WMI-Documentation)",
    isProven: true,
    way: "checkpoint",
  },
  {
    what: "Such an export and a difference to it are restored by copying the full one's `Virtual Hard Disks` first, then importing the difference's configuration",
    how: "written down by machv (xhyper-vbackup), who restored so",
    isProven: true,
    way: "checkpoint",
  },
  {
    what: 'What Hyper-V writes for `ExportReferencePoint`, which is called for exports and for chains `via: "referencePoint"`, and that `Import-VM` takes it',
    how: "no public source shows either",
    isProven: false,
    way: "referencePoint",
  },
];

/** The steps of a restore, as the headings of docs/restore.md number and call them. */
export const restoreSteps = {
  find: "1. Find the line",
  check: "2. Check the files",
  join: "3. Put the disks together",
  make: "4. Make the machine",
  look: "5. Look before you trust it",
} as const;

export type RestoreStep = keyof typeof restoreSteps;
