/** What a check of a host looks at, one after the other; and what to do where nothing comes back of it. */
export const hostSteps = {
  connect: {
    title: "reach the host and start its shell",
    whenHung:
      "Log in by hand in the same way (ssh, or start the PowerShell): what hangs there hangs here. Look at the network, the host's sshd and its load.",
  },
  inspect: {
    title: "look at Hyper-V: its service, and what the account may see",
    whenHung:
      "WMI of the host does not answer. See that Get-CimInstance Win32_OperatingSystem answers there, and restart the service Winmgmt or the host.",
  },
  machines: {
    title: "list the virtual machines",
    whenHung:
      "Hyper-V's management does not answer. See that Get-VM answers on the host, and restart its service vmms; running machines go on.",
  },
  directory: {
    title: "look at a directory",
    whenHung:
      "The volume or the share does not answer. See that dir answers there on the host, and look at its storage or the file server.",
  },
} as const;

export type HostStepName = keyof typeof hostSteps;
