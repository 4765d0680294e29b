/**
 * Every error that a user can meet, by its stable code. The documentation's table is made from it. `remedy` is the one thing to do, unless
 * the place that fails knows a better one. Whoever follows it to the letter, tired and without reading on, must lose nothing by it.
 * `forGood`: what holds the export may never come back, and then the resource can only be given up ({@link giveUp}).
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
    remedy: "Choose another exportDirectory: what is in this one is somebody's export.",
  },
  superseded: {
    meaning: "Another run has taken the export over while this one was at it, or had been stopped.",
    remedy: "Let the other run end, then run the command again: it goes on from what is there.",
  },
  "directory-inside-another-export": {
    meaning: "A directory above is claimed by an export.",
    remedy: "Choose an exportDirectory outside of it.",
  },
  "directory-not-empty": {
    meaning: "The directory holds files and no claim of this resource.",
    remedy: "Choose another exportDirectory, or move what is in this one away.",
  },
  "adoption-refused": {
    meaning: "What is in the directory is not provably the finished export that is declared.",
    remedy: "Choose another exportDirectory.",
  },
  "kept-too-late": {
    meaning: 'An up would replace an export and set its onDestroy to "keep" at once: the old export would be deleted all the same.',
    remedy: 'Run pulumi up with onDestroy: "keep" as the only change first, then make the other changes with a second up.',
  },
  "export-not-found": {
    meaning: "A look-up (get) found no export of that id in the directory.",
    remedy: "Correct id and exportDirectory; the id is in the export's manifest.",
  },
  "not-a-directory": {
    meaning: "A file or a link stands where the directory should be.",
    remedy: "Choose another exportDirectory, or move away what stands there.",
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
    meaning: "ExportReferencePoint returned an error code.",
    remedy: "Look at the Hyper-V-VMMS event log of the host, then run pulumi up again.",
  },
  "job-failed": {
    meaning: "The export job ended with an error.",
    remedy: "Mend what the job complains of; the next pulumi up clears what the job left and exports again.",
  },
  "job-terminated": {
    meaning: "Somebody or something terminated the export job on the host.",
    remedy: "Run pulumi up again: it clears what the job left and exports again.",
  },
  "job-vanished": {
    meaning: "The job is no longer listed and the files do not prove that it finished.",
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
    remedy: "Put what the link leads to in its place, or remove the link, and run the command again.",
  },
  "access-denied": { meaning: "The account may not do this on the host.", remedy: "Grant the right, then run the command again." },
  "volume-read-only": {
    meaning: "The volume, or the file system on it, can be read and not be written.",
    remedy: "Make the volume writable (mount it read-write, take off its write protection), and run the command again.",
  },
  "secret-missing": {
    meaning: "The environment variable that holds a secret of the host is not set.",
    remedy: "Set it where pulumi runs, and run the command again.",
  },
  "not-windows": {
    meaning: "The machine that was reached is no Windows machine.",
    remedy: "Name the Hyper-V host (Host.ssh), or try things out with Host.simulator.",
  },
  "machine-changed": {
    meaning: "The host leads to another machine than the one that held the export, so nothing can be said of the export.",
    remedy: "Make the host lead to the right machine, and run the command again.",
    forGood: true,
  },
  "program-missing": {
    meaning: "The program that reaches the host is not there: PowerShell, here or on the host, or ssh.",
    remedy: "Install the program, or name it in the host's executable; on Windows, powershell.exe is part of the system.",
  },
  "powershell-too-old": {
    meaning: "The host's PowerShell is older than 5.1.",
    remedy: "Install Windows Management Framework 5.1, or PowerShell 7 and name it in the host's executable.",
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
    remedy: "Put the account's public key where the host's sshd looks (administrators have a file of their own), or name the right key.",
  },
  "host-key-unknown": {
    meaning: "Nobody has said which key the host has, so it could be another machine.",
    remedy: "Connect once by hand with ssh, compare the host's key and accept it, or give it as the host's hostKey.",
  },
  "host-key-changed": {
    meaning: "The host shows another key than the known one: it was installed anew, or it is another machine.",
    remedy: "Find out why the host shows another key. If it is right, replace the known one, or the host's hostKey.",
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
    meaning: "A session that was opened with a key has no rights of the account on another machine's share.",
    remedy:
      "A login with an SSH key has no rights on other machines: export to a disk of the host, or run Pulumi on the host itself (Host.local).",
  },
  "share-denied": {
    meaning: "The computer account of the host has no rights on the share.",
    remedy: "Give the host's computer account full control of the share and of the folder, for Hyper-V itself writes the files.",
  },
  "machine-elsewhere": {
    meaning: "Another node of the cluster runs the machine: it is not gone.",
    remedy: "Name the node that runs the machine as the host, or move the machine back.",
  },
  "path-too-long": {
    meaning: "The host cannot handle a path of this length.",
    remedy: "Choose a shorter exportDirectory, or use PowerShell 7 on the host.",
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
}

/** Whether a resource whose error has this code can only be given up, if what the error tells of lasts for good. */
export function mayLastForGood(code: ErrorCode): boolean {
  const row: ErrorRow = errorTable[code];
  return row.forGood === true;
}

export type ErrorCode = keyof typeof errorTable;
