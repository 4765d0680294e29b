export { PowerShellHost } from "./powershell-host";
export type { Greeting } from "./session/greeting";
export { type LocalOptions, localTransport } from "./transports/local";
export { sshTransport } from "./transports/ssh";
export { isPlainWord, type SshOptions, sshHostNameProblem, sshJumpHostProblem } from "./transports/ssh-arguments";
export type { Transport } from "./transports/transport";
