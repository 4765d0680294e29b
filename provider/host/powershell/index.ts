export { hostPathStyle, PowerShellHost } from "./powershell-host";
export { type LocalOptions, localTransport } from "./transports/local";
export { sshTransport } from "./transports/ssh";
export type { SshOptions } from "./transports/ssh-arguments";
export { type WinrmOptions, winrmTransport } from "./transports/winrm/winrm";
