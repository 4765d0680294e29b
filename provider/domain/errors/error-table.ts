/**
 * Every error that a user can meet, by its stable code. The documentation's table is made from it. `remedy` is the one thing to do, unless
 * the place that fails knows a better one. Whoever follows it to the letter, tired and without reading on, must lose nothing by it.
 * `forGood`: what holds the export may never come back, and then the resource can only be given up ({@link giveUp}).
 * `changesArguments`: it says to change an argument, which refresh and destroy do not see before an up has stored it.
 */
export const errorTable = {
  "invalid-arguments": { meaning: "An argument is missing, malformed or unsafe.", remedy: "Correct the argument in the program." },
  "provider-out-of-reach": {
    meaning: "The folder of the program does not find this package, so Pulumi cannot start its provider there.",
    remedy: "Make the package a dependency of the program itself, and install.",
  },
  "unusable-state": {
    meaning: "The stored state lacks what is needed to reach the export.",
    remedy: "Repair the property that is named in the stack's state (pulumi stack export, edit, import).",
  },
  "virtual-machine-not-found": {
    meaning: "No virtual machine of the host has that name or GUID.",
    remedy:
      "Correct virtualMachine; if it is right, check that the account is a Hyper-V administrator: without the right, the list is empty.",
  },
  "virtual-machine-ambiguous": { meaning: "Several virtual machines share the name.", remedy: "Give the GUID of the one that is meant." },
  "reference-point-not-found": {
    meaning: "The machine has no such reference point (or none at all).",
    remedy: "Name one of the machine's points in referencePoint, or create a point first.",
  },
  "reference-point-ambiguous": {
    meaning: "The machine has several reference points and none was named.",
    remedy: "Set referencePoint to one of them.",
  },
  "weaker-point": {
    meaning: "The reference point is less consistent than requireConsistency asks for.",
    remedy: "Make a point of the consistency that is asked for (see that the guest's backup service runs), or lower requireConsistency.",
  },
  "base-reference-point-not-found": {
    meaning: "The base is no reference point of this machine.",
    remedy: "Name a point of the same machine, or leave baseReferencePoint out for a full export.",
  },
  "base-reference-point-same": {
    meaning: "Base and point are the same, so there is nothing to export.",
    remedy: "Name an earlier point as the base, or leave it out for a full export.",
  },
  "base-reference-point-not-older": {
    meaning: "The base was made after the point, so there is no difference since it.",
    remedy: "Name a point as the base that is older than referencePoint, or leave baseReferencePoint out for a full export.",
  },
  "disk-not-found": { meaning: "No disk of the reference point matches.", remedy: "Name one of the listed disks." },
  "disk-ambiguous": { meaning: "Several disks have that file name.", remedy: "Give the path or the instance id." },
  "disk-not-on-machine": {
    meaning: "The reference point covers a disk that the machine no longer has.",
    remedy: "Name the disks that are left in disksToExport, or export a newer point.",
  },
  "disk-not-in-base": {
    meaning: "The base does not cover a disk of the differential export.",
    remedy: "Leave baseReferencePoint out for a full export, or name only disks that both points cover in disksToExport.",
  },
  "directory-owned-by-another": {
    meaning: "Another resource has claimed the directory.",
    remedy: "Choose another directory: what is in this one is somebody's export.",
  },
  superseded: {
    meaning: "Another run has taken the export over while this one was at it, or had been stopped.",
    remedy: "Let the other run end, then run the command again: it goes on from what is there.",
  },
  "directory-inside-another-export": {
    meaning: "A directory above is claimed by an export.",
    remedy: "Choose a directory outside of it.",
  },
  "directory-not-empty": {
    meaning: "The directory holds files and no claim of this resource.",
    remedy: "Choose another directory, or move what is in this one away.",
  },
  "adoption-refused": {
    meaning: "What is in the directory is not provably the finished export that is declared.",
    remedy: "Choose another exportDirectory.",
  },
  "kept-too-late": {
    meaning: 'An up would replace an export or a point and set its onDestroy to "keep" at once: the old one would be deleted all the same.',
    remedy: 'Run pulumi up with onDestroy: "keep" as the only change first, then make the other changes with a second up.',
  },
  "chain-base-lost": {
    meaning: 'The last generation of a chain cannot be continued, and onLostBase is "fail".',
    remedy: 'Set onLostBase to "full" for this up: the next generation is a full one, and all that can be restored stays.',
  },
  "chain-machine-changed": {
    meaning: "The declared name means another virtual machine than the one that the chain is of.",
    remedy: "Declare a chain of its own for the other machine, under another name and in another directory.",
  },
  "chain-not-found": {
    meaning: "A look-up (get) found no chain of that id in the directory.",
    remedy: "Correct id and directory; the id is chainId in export-chain.json.",
  },
  "chain-record-damaged": {
    meaning: "The record of the chain (export-chain.json) cannot be read, so nobody can tell whose the generations are.",
    remedy: "Put back a good copy of the record, and run the command again; nothing was touched.",
  },
  "chain-record-missing": {
    meaning: "The directory of the chain is there and its record (export-chain.json) is not.",
    remedy: "Put back a copy of the record, and run the command again; nothing was touched.",
  },
  "chain-replacement-refused": {
    meaning: "A changed argument would have the whole chain replaced, and its generations deleted.",
    remedy:
      'Declare a new chain beside this one, under another name and in another directory. Or run pulumi up with onDestroy: "keep" as the only change first: then this one is kept.',
  },
  "export-not-found": {
    meaning: "A look-up (get) found no export of that id in the directory.",
    remedy: "Correct id and exportDirectory; the id is in the export's manifest.",
  },
  "directory-not-found": {
    meaning: "A directory that hyperv-export is to look at is not there.",
    remedy: "Correct the path, or mount what it lies on.",
  },
  "nothing-exported": {
    meaning: "What hyperv-export is to look at holds no export and no chain of exports.",
    remedy: "Name the directory of an export or a chain, or a folder above it.",
  },
  "not-a-directory": {
    meaning: "A file or a link stands where the directory, or a folder above it, should be.",
    remedy: "Choose another directory, or move away what stands there.",
  },
  "claim-damaged": {
    meaning: "The claim file in the directory cannot be read, so its owner is unknown.",
    remedy: "Restore the claim file, or move the directory's content away.",
  },
  "not-enough-space": {
    meaning: "The volume has less free space than the disks need.",
    remedy: "Free space on the volume, and run the command again.",
  },
  "file-in-use": {
    meaning: "Another program has a file of the export open, and kept it open while this was tried again and again.",
    remedy:
      "Wait until that program (a virus scanner, an indexer, a backup) is done, or exclude the folder from it; then run the command again.",
  },
  "method-refused": {
    meaning: "A method of Hyper-V (such as ExportReferencePoint, CreateReferencePoint, CreateSnapshot) returned an error code.",
    remedy: "Look at the Hyper-V-VMMS event log of the host, then run pulumi up again.",
  },
  "no-disks": {
    meaning: "The virtual machine has no virtual hard disk, so there is nothing to make a reference point of.",
    remedy: "Attach a virtual hard disk to the machine, or name another machine.",
  },
  "pass-through-disk": {
    meaning: "A physical disk of the host is passed through to the virtual machine; Hyper-V makes no reference point of such a machine.",
    remedy: "Replace the pass-through disk by a virtual hard disk, or back this machine up from within.",
  },
  "shared-disk": {
    meaning: "The virtual machine shares a disk (a VHD set) with others; Hyper-V makes no reference point of it alone.",
    remedy: "Back the machines of this disk up together, from within, or give this one a disk of its own.",
  },
  replica: {
    meaning: "The virtual machine is a replica; reference points are made of the machine that it replicates.",
    remedy: "Name the primary machine on its own host.",
  },
  "checkpoint-running": {
    meaning: "A checkpoint of the virtual machine was being made, applied or merged all the time.",
    remedy: "Wait until the checkpoint is done, and run the command again.",
  },
  "guest-backup-off": {
    meaning: "The backup service of the guest (VSS integration service) is off or does not answer, which application consistency needs.",
    remedy: 'Turn the backup integration service on and start it in the guest, or set consistency to "application-if-possible" or "crash".',
  },
  "not-application-consistent": {
    meaning: "Application consistency was asked for, and the host has made a point that is only crash-consistent; it was destroyed again.",
    remedy:
      'See that the backup integration service and VSS work in the guest, or set consistency to "application-if-possible" or "crash".',
  },
  "reference-point-in-use": {
    meaning: "The reference point is the base of exports that are still there; without it a damaged one cannot be made again.",
    remedy:
      'Delete those exports first; or set the point\'s onDestroy to "keep", run pulumi up, and then take the point out of the program.',
  },
  "reference-point-not-proven": {
    meaning: "A point was made, and nothing tells which of the machine's new points it is; all are left alone.",
    remedy: "Find out whose the named points are, destroy on the host what is nobody's, and run the command again.",
  },
  "foreign-checkpoint": {
    meaning: "The machine has a recovery checkpoint that is not ours: another backup is at work on it, or has left it behind.",
    remedy:
      "Let the other backup end. If none is at work any more, remove what it has left (Get-VMSnapshot -SnapshotType Recovery, Remove-VMSnapshot), wait until its disks are merged, and run the command again.",
  },
  "checkpoint-not-proven": {
    meaning: "A checkpoint was made, and nothing tells which of the machine's new ones it is; all are left alone.",
    remedy: "Find out whose the named checkpoints are, remove on the host what is nobody's, and run the command again.",
  },
  "checkpoint-gone": {
    meaning:
      "The checkpoint of a backup that is under way is not there any more: somebody has removed it, or it has become a point that nothing proves to be ours.",
    remedy: "Run pulumi up again: it makes another one. If it recurs, look for a program on the host that removes checkpoints.",
  },
  "checkpoint-left": {
    meaning: "A recovery checkpoint of ours could not be removed; until it is gone, the machine writes into files that grow.",
    remedy:
      "Run the command again. If it goes on to fail, shut the machine down and start it again, which lets go of its disk files, or remove the checkpoint by hand (Get-VMSnapshot -SnapshotType Recovery, Remove-VMSnapshot).",
  },
  "chain-way-changed": {
    meaning: "The chain in the directory was made in the other way (`via`), which it keeps for life.",
    remedy: "Set via to the way that the chain was made in, or choose another directory for a new chain.",
  },
  "job-failed": {
    meaning: "The job on the host ended with an error.",
    remedy: "Mend what the job complains of; the next pulumi up clears what the job left and begins anew.",
  },
  "job-terminated": {
    meaning: "Somebody or something terminated the job on the host.",
    remedy: "Run pulumi up again: it clears what the job left and begins anew.",
  },
  "job-vanished": {
    meaning: "The job is no longer listed and nothing proves that it finished.",
    remedy: "Run pulumi up again; if it recurs, look at the host's event log (VMMS restarts lose jobs).",
  },
  "job-stalled": {
    meaning: "The job made no progress for timeouts.stall; it was cancelled.",
    remedy: "Look at the host's storage; raise timeouts.stall if it is only slow; run pulumi up again.",
  },
  "timed-out": {
    meaning: "The operation took longer than its timeout; a running job was cancelled.",
    remedy: "Raise the timeout if the host is only slow, and run the command again.",
  },
  "export-incomplete": {
    meaning: "The job succeeded, but the directory does not hold what an export needs.",
    remedy: "Mend what is named, and run pulumi up again: it clears what the job left and exports again.",
  },
  "repair-blocked": {
    meaning: "Something foreign stands where the repaired export has a file or a folder.",
    remedy: "Move what is named out of the directory, and run pulumi up again.",
  },
  "host-unreachable": {
    meaning: "The host cannot be reached.",
    remedy: "Check the host and the network, then run the command again.",
    forGood: true,
  },
  "connection-lost": {
    meaning: "The connection to the host broke.",
    remedy: "Run the command again: it goes on from what is on the host.",
  },
  "volume-missing": {
    meaning: "The volume of the directory is not there, so nothing can be said of the export.",
    remedy: "Mount the volume and run the command again.",
    forGood: true,
  },
  "parent-missing": {
    meaning: "The folder above the directory is not there, so the export may only be out of reach.",
    remedy: "Mount or restore the folder and run the command again.",
    forGood: true,
  },
  "changed-since-plan": {
    meaning: "The host shows something else than when the update was planned; nothing was changed.",
    remedy: "Run pulumi up again: it plans anew.",
  },
  "directory-moved": {
    meaning: "The directory's path now leads to another place than when it was claimed.",
    remedy: "Put the directory or the link back as it was, and run the command again; nothing was touched.",
  },
  "link-in-path": {
    meaning: "A link stands inside the export directory; links are never followed.",
    remedy: "Put what the link leads to in its place. A link that is no part of the export take away. Then run the command again.",
  },
  "access-denied": { meaning: "The account may not do this on the host.", remedy: "Grant the right, then run the command again." },
  "volume-read-only": {
    meaning: "The volume, or the file system on it, can be read and not be written.",
    remedy: "Make the volume writable (mount it read-write, take off its write protection), and run the command again.",
  },
  "secret-missing": {
    meaning: "The environment variable that holds a secret of the host is not set, or the file of its key or certificate is not there.",
    remedy: "Set it where pulumi runs, and run the command again.",
  },
  "not-windows": {
    meaning: "The machine that was reached is no Windows machine.",
    remedy: "Name the Hyper-V host (Host.ssh, Host.winrm), or try things out with Host.simulator.",
    changesArguments: true,
  },
  "machine-changed": {
    meaning: "The host leads to another machine than before, so nothing can be said of what is declared on it.",
    remedy: "Make the host lead to the right machine, and run the command again.",
    forGood: true,
    changesArguments: true,
  },
  "program-missing": {
    meaning:
      "The program that reaches the host is not there, or cannot be started: PowerShell, here or on the host, ssh, kinit, or the package kerberos.",
    remedy: "Install the program, or name it in the host's executable; on Windows, powershell.exe is part of the system.",
    changesArguments: true,
  },
  "powershell-too-old": {
    meaning: "The host's PowerShell is older than 5.1.",
    remedy: "Install Windows Management Framework 5.1, or PowerShell 7 and name it in the host's executable.",
    changesArguments: true,
  },
  "language-mode": {
    meaning:
      "The host's PowerShell runs in a restricted language: an application control policy, or an endpoint of Just Enough Administration.",
    remedy:
      "Use an account and an endpoint whose PowerShell runs in full language mode; under an application control policy, allow the bridge's text.",
  },
  "blocked-by-antimalware": {
    meaning: "The host's antimalware has refused the bridge.",
    remedy: "Have the host's antimalware allow the bridge: its whole text is dist/host/powershell/bridge.ps1 of this package.",
  },
  "handshake-failed": {
    meaning: "The host's shell answered, but not as the bridge does.",
    remedy: "Start the same PowerShell by hand on the host, look at what it prints, and mend that; PowerShell 7 is worth a try.",
  },
  "login-refused": {
    meaning: "The host has refused the login.",
    remedy:
      "SSH: put the account's public key where the host's sshd looks (administrators have a file of their own), or name the right key. WinRM: correct the account and its password.",
    changesArguments: true,
  },
  "host-key-unknown": {
    meaning: "Nobody has said which key the host has, so it could be another machine.",
    remedy: "Connect once by hand with ssh, compare the host's key and accept it, or give it as the host's hostKey.",
    changesArguments: true,
  },
  "host-key-changed": {
    meaning: "The host shows another key than the known one: it was installed anew, or it is another machine.",
    remedy: "Find out why the host shows another key. If it is right, replace the known one, or the host's hostKey.",
    changesArguments: true,
  },
  "certificate-untrusted": {
    meaning: "The certificate of the host's WinRM does not verify, so it could be another machine.",
    remedy:
      "Compare the certificate's fingerprint with the host's own. If it is the same, give it as the host's fingerprint, or the certificate of its authority as caFile.",
    changesArguments: true,
  },
  "certificate-changed": {
    meaning: "The host's WinRM shows another certificate than the pinned one: it was renewed, or it is another machine.",
    remedy: "Find out why the host shows another certificate. If it is right, replace the host's fingerprint.",
    changesArguments: true,
  },
  "remote-shell-quota": {
    meaning: "A limit of the host's WinRM is used up: shells, processes, memory, users, operations, or the size of a message.",
    remedy: "Close remote shells that nobody needs on the host, or raise the limit that is named; then run the command again.",
  },
  "hyper-v-missing": {
    meaning: "The Hyper-V role is not installed on the host, or waits for a restart.",
    remedy: "Install the Hyper-V role with its management tools on the host, and restart it.",
  },
  "management-service-stopped": {
    meaning: "The service vmms of the host does not run.",
    remedy: "Start the service vmms on the host (Start-Service vmms).",
  },
  "no-hyper-v-rights": {
    meaning: "Hyper-V shows the account nothing, so it cannot be told what is there.",
    remedy: "Make the account a member of the host's Hyper-V Administrators (S-1-5-32-578) or Administrators, and log in anew.",
  },
  "not-elevated": {
    meaning: "The account is an administrator's, and its token is not elevated.",
    remedy: "Run this elevated (as administrator), or with an account of the host's Hyper-V Administrators that is no administrator.",
  },
  "second-hop": {
    meaning: "A session that was opened over the network has no rights of the account on another machine's share.",
    remedy:
      "Export to a disk of the host, or run Pulumi on the host itself (Host.local); over WinRM with Kerberos, the share's server may be told to take the host's word (resource-based constrained delegation).",
    changesArguments: true,
  },
  "share-denied": {
    meaning: "The computer account of the host has no rights on the share.",
    remedy: "Give the host's computer account full control of the share and of the folder, for Hyper-V itself writes the files.",
  },
  "machine-elsewhere": {
    meaning: "Another node of the cluster runs the machine: it is not gone.",
    remedy: "Name the node that runs the machine as the host, or move the machine back.",
    changesArguments: true,
  },
  "path-too-long": {
    meaning: "The host cannot handle a path of this length.",
    remedy: "Choose a directory with a shorter path, or use PowerShell 7 on the host.",
    changesArguments: true,
  },
  "host-state-damaged": {
    meaning: "A file of the simulator's lab cannot be used.",
    remedy: "Mend or restore the file that is named, and run the command again.",
  },
  "host-failed": {
    meaning: "The host failed in a way that has no code of its own.",
    remedy: "Mend the cause that is named and run the command again.",
  },
  unexpected: {
    meaning: "Something went wrong that this package did not foresee: a fault of its own.",
    remedy: "Run the command again; if it recurs, report it with the text above.",
  },
} as const satisfies Readonly<Record<string, ErrorRow>>;

interface ErrorRow {
  readonly meaning: string;
  readonly remedy: string;
  readonly forGood?: true;
  readonly changesArguments?: true;
}

/** Whether a resource whose error has this code can only be given up, if what the error tells of lasts for good. */
export function mayLastForGood(code: ErrorCode): boolean {
  const row: ErrorRow = errorTable[code];
  return row.forGood === true;
}

/** Whether the table's remedy may be to change an argument. */
export function mayChangeArguments(code: ErrorCode): boolean {
  const row: ErrorRow = errorTable[code];
  return row.changesArguments === true;
}

export type ErrorCode = keyof typeof errorTable;
