import {
  sshExecutableProblem,
  sshHostKeyProblem,
  sshHostNameProblem,
  sshJumpHostProblem,
  sshUserNameProblem,
} from "../../../domain/hosts/ssh-words";
import { HostError } from "../../port";
import { fault } from "../faults";
import { shellArguments, start, whyNotStarted } from "./local";
import { environmentForPrograms } from "./process-environment";
import { secretOf } from "./secret-of";
import { CONNECT_TIMEOUT_MS, type SshOptions, sshArguments } from "./ssh-arguments";
import { writeSshFiles } from "./ssh-files";
import type { ShellEnd, ShellPipe, Transport } from "./transport";

/** PowerShell on another machine, through the system's own ssh: the host's own powershell.exe, and none here. */
export function sshTransport(options: SshOptions): Transport {
  const description = `${options.hostName} (SSH)`;
  return {
    description,
    connectMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    open: async (): Promise<ShellPipe> => {
      requirePlain(options);
      const { remove, ...files } = writeSshFiles({ ...options, privateKey: secretOf("privateKey", options.privateKey, options.hostName) });
      return start({
        executable: "ssh",
        arguments: [...sshArguments(options, files), ...shellArguments],
        // A jump host is asked by an ssh of ssh's own, which knows none of our options: a question of it finds nobody who answers.
        environment: { ...environmentForPrograms(), SSH_ASKPASS_REQUIRE: "force", SSH_ASKPASS: NOBODY },
        release: remove,
      });
    },
    explain: (end, said) => whyNoShell(description, options, end, said),
  };
}

/** A state that was edited has not gone through check. */
function requirePlain({ hostName, userName, jumpHost, executable, hostKey }: SshOptions): void {
  const problems = {
    hostName: sshHostNameProblem(hostName),
    userName: userName === undefined ? undefined : sshUserNameProblem(userName),
    jumpHost: jumpHost === undefined ? undefined : sshJumpHostProblem(jumpHost),
    executable: executable === undefined ? undefined : sshExecutableProblem(executable),
    hostKey: hostKey === undefined ? undefined : sshHostKeyProblem(hostKey),
  };
  for (const [name, problem] of Object.entries(problems)) {
    if (problem !== undefined) throw new HostError("invalidParameter", `The host cannot be reached by SSH: ${name} ${problem}.`);
  }
}

/** No program: ssh then takes the question for refused. */
const NOBODY = "nobody-is-asked";

/** ssh ends with this code for all errors of its own. */
const SSH_FAILED = 255;

/** ssh has one code for every failure of its own and speaks English everywhere; what it says is all there is to tell them apart. */
function whyNoShell(description: string, options: SshOptions, end: ShellEnd, said: string): HostError {
  if (end.startError !== undefined || end.exitCode === undefined) return whyNotStarted(description, "ssh", end, said);
  if (end.exitCode !== SSH_FAILED) {
    const { executable = "powershell.exe" } = options;
    // 9009 of cmd.exe, 127 of other shells: no such program. PowerShell as the host's shell says 1, as for anything else.
    if (end.exitCode === 127 || end.exitCode === 9009 || end.exitCode === 49)
      return fault("programMissing", `There is no program ${executable} on ${description}.`);
    return fault("handshakeFailed", `PowerShell on ${description} ended before it answered (exit code ${end.exitCode})${said}.`);
  }
  const who = options.jumpHost === undefined ? description : `${description}, or what leads to it (${options.jumpHost}),`;
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(said))
    return fault("hostKeyChanged", `${who} shows another key than the known one${said}.`);
  if (/Host key verification failed|No \S+ host key is known/.test(said)) {
    if (options.hostKey !== undefined) return fault("hostKeyChanged", `${who} does not show the key that \`hostKey\` names${said}.`);
    return fault("hostKeyUnknown", `The key of ${who} is not known here${said}.`);
  }
  if (/Permission denied|Too many authentication failures/.test(said)) {
    // Only then: another key, of ssh's configuration or agent, may have been good enough.
    const missing = options.keyFile === undefined ? undefined : /no such identity: (.+?): No such file/.exec(said)?.[1];
    if (missing !== undefined) {
      const why = `there is no file ${missing} on this machine, and the host's keyFile names it`;
      return fault("secretMissing", `${who} does not let the account in: ${why}.`, {
        remedy:
          "Correct the host's keyFile, or put the key's file where it says, on the machine where pulumi runs; then run the command again.",
      });
    }
    return fault("loginRefused", `${who} does not let the account in${said}.`);
  }
  return new HostError("unreachable", `Could not reach ${description}${said}.`);
}
