import { HostError, type HostErrorDetails, type HostErrorKind, type HostFault } from "../port";

/** What a person does about each fault. Nothing here depends on the language of the host. */
const remedies: Readonly<Record<HostFault, string>> = {
  secretMissing: "Set the variable where pulumi runs (the provider inherits its environment), and run the command again.",
  notWindows: "Hyper-V runs on Windows: name the Hyper-V host (Host.ssh), or try things out with Host.simulator.",
  programMissing: "Install the program or name it in the host's `executable`; on Windows, powershell.exe is part of the system.",
  powershellTooOld: "Install Windows Management Framework 5.1, or PowerShell 7 and name it in the host's `executable`.",
  languageMode:
    "Use an account and an endpoint whose PowerShell runs in full language mode; under an application control policy, allow the bridge's text.",
  blockedByAntimalware: "Have the host's antimalware allow the bridge: its whole text is dist/host/powershell/bridge.ps1 of this package.",
  handshakeFailed: "Start the same PowerShell by hand on the host, look at what it prints, and mend that; PowerShell 7 is worth a try.",
  loginRefused:
    "Put the account's public key where the host's sshd looks (administrators have a file of their own), or name the right key.",
  hostKeyUnknown: "Connect once by hand with ssh and accept the host's key, or give it as the host's `hostKey`.",
  hostKeyChanged: "Find out why the host shows another key. If it is right, replace the known one, or the host's `hostKey`.",
  hyperVMissing: "Install the Hyper-V role with its management tools on the host, and restart it.",
  managementServiceStopped: "Start the service vmms on the host (Start-Service vmms).",
  noHyperVRights: "Make the account a member of the host's Hyper-V Administrators (S-1-5-32-578) or Administrators, and log in anew.",
  notElevated: "Run this elevated (as administrator), or make the account a member of the host's Hyper-V Administrators.",
  secondHop:
    "A login with an SSH key has no rights on other machines: export to a disk of the host, or reach the host in another way (Host.local, WinRM).",
  shareDenied: "Give the host's computer account full control of the share and of the folder, for Hyper-V itself writes the files.",
  machineElsewhere: "Name the node that runs the machine as the host, or move the machine back.",
  pathTooLong: "Choose a shorter directory, or use PowerShell 7 on the host.",
};

/** An error that lasts until a person has changed something. */
export function fault(name: HostFault, message: string, details: HostErrorDetails = {}, kind: HostErrorKind = "unusable"): HostError {
  return new HostError(kind, message, { ...details, fault: name, remedy: remedies[name] });
}
