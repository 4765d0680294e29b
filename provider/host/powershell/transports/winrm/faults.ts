import { HostError } from "../../../port";
import { fault } from "../../faults";
import type { WsmanFault } from "./answers";

/** "Nothing yet" to a Receive: the program has written nothing within OperationTimeout. */
export function isTimedOut({ code, subcode }: WsmanFault): boolean {
  return code === OPERATION_TIMED_OUT || (code === 0 && subcode === "TimedOut");
}

const OPERATION_TIMED_OUT = 2150858793;

/** An error of Windows as a result (HRESULT). Services tell it in either form. */
function win32(code: number): number {
  return 0x8007_0000 + code;
}

function asResult(code: number): number {
  return code > 0 && code < 0x1_0000 ? win32(code) : code;
}

/** A limit of the service that is used up. Numbers and names: wsmerror.h of Windows' SDK; settings: "Quota management for remote shells". */
interface Quota {
  readonly what: string;
  /** How it is raised. */
  readonly setting: string;
}

const perUser = (name: string, what: string): Quota => ({ what, setting: `winrm set winrm/config/winrs @{${name}="N"}` });
const ofService = (name: string, what: string): Quota => ({ what, setting: `winrm set winrm/config/service @{${name}="N"}` });
const ofPlugin = (name: string, what: string): Quota => ({
  what,
  setting: `Set-Item WSMan:\\localhost\\Plugin\\<plugin>\\Quotas\\${name} N`,
});

const shells = perUser("MaxShellsPerUser", "the account has as many shells open as it may have");
const users = perUser("MaxConcurrentUsers", "as many accounts have shells open as may have");
const processes = perUser("MaxProcessesPerShell", "the shell has as many processes as it may have");
const memory = perUser("MaxMemoryPerShellMB", "the shell has as much memory as it may have");
const operations = ofService("MaxConcurrentOperationsPerUser", "the account has as many operations open as it may have");
const envelopes: Quota = {
  what: "a message is larger than the host takes",
  setting: 'winrm set winrm/config @{MaxEnvelopeSizekb="500"}',
};

const quotas: Readonly<Record<number, Quota>> = {
  2150859173: shells, // ERROR_WSMAN_QUOTA_MAX_SHELLS
  2150859236: shells, // ERROR_WSMAN_QUOTA_MAX_SHELLS_PPQ
  2150859179: users, // ERROR_WSMAN_QUOTA_MAX_SHELLUSERS
  2150859237: users, // ERROR_WSMAN_QUOTA_MAX_USERS_PPQ
  2150859241: processes, // ERROR_WSMAN_QUOTA_MAX_COMMANDS_PER_SHELL_PPQ
  [win32(1816)]: processes, // ERROR_NOT_ENOUGH_QUOTA: the job object of the shell takes no further process
  [win32(8)]: memory, // ERROR_NOT_ENOUGH_MEMORY
  [win32(14)]: memory, // ERROR_OUTOFMEMORY
  [win32(1455)]: memory, // ERROR_COMMITMENT_LIMIT: the shell's limit, or the host's
  2150859174: operations, // ERROR_WSMAN_QUOTA_MAX_OPERATIONS
  2150859240: operations, // ERROR_WSMAN_QUOTA_MAX_OPERATIONS_USER_PPQ
  2150859238: ofPlugin("MaxShells", "the plugin has as many shells open as it may have"), // ERROR_WSMAN_QUOTA_MAX_PLUGINSHELLS_PPQ
  2150859239: ofPlugin("MaxConcurrentOperations", "the plugin has as many operations open as it may have"), // ERROR_WSMAN_QUOTA_MAX_PLUGINOPERATIONS_PPQ
  2150859175: ofService("MaxConcurrentOperationsPerUser", "the account asks more in a short time than it may"), // ERROR_WSMAN_QUOTA_USER
  2150859176: ofService("MaxConcurrentOperations", "the host is asked more in a short time than it takes"), // ERROR_WSMAN_QUOTA_SYSTEM
  2150858823: envelopes, // ERROR_WSMAN_MAX_ENVELOPE_SIZE
  2150858824: envelopes, // ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED
  2150858825: envelopes, // ERROR_WSMAN_SERVER_ENVELOPE_LIMIT
};

const ACCESS_DENIED = win32(5);

const notFound = new Set([
  win32(2), // ERROR_FILE_NOT_FOUND
  win32(3), // ERROR_PATH_NOT_FOUND
]);

const gone = new Set([
  2150858843, // ERROR_WSMAN_UNEXPECTED_SELECTORS: no shell, or no command, of that id
  2150859082, // ERROR_WSMAN_SHELL_ALREADY_CLOSED
  2150859230, // ERROR_WSMAN_SERVICE_STREAM_DISCONNECTED
  win32(995), // ERROR_OPERATION_ABORTED: the service has stopped, or the shell was closed by another client
  win32(1115), // ERROR_SHUTDOWN_IN_PROGRESS
  win32(109), // ERROR_BROKEN_PIPE: the program has ended
  win32(232), // ERROR_NO_DATA
]);

const REMOTE_SHELLS_NOT_ALLOWED = 2150859180;
const RESOURCE_NOT_FOUND = 2150858752;
const INVALID_RESOURCE_URI = 2150858811;

/**
 * A refusal of the service as an error. Only the number decides, for texts are in the host's language.
 *
 * @param description the host as errors name it
 */
export function refusedBy(description: string, refusal: WsmanFault): HostError {
  const { code, reason } = refusal;
  const known = asResult(code);
  const said = `${code === 0 ? "" : ` (WS-Management fault ${code})`}${reason === "" ? "" : `; it said: ${reason.slice(-600)}`}`;
  const quota = quotas[known];
  if (quota !== undefined) {
    const remedy = `Close shells that nobody needs on the host, or raise the limit there: ${quota.setting}; then run the command again.`;
    return fault("remoteShellQuota", `${description} has refused the shell: ${quota.what}${said}.`, { remedy });
  }
  if (known === ACCESS_DENIED)
    return new HostError("accessDenied", `${description} gives the account no remote shell${said}.`, { remedy: MAY });
  if (code === REMOTE_SHELLS_NOT_ALLOWED) {
    const remedy = 'Allow remote shells on the host: winrm set winrm/config/winrs @{AllowRemoteShellAccess="true"}.';
    return new HostError("accessDenied", `${description} allows no remote shells${said}.`, { remedy });
  }
  if (notFound.has(known)) return fault("programMissing", `There is no Windows PowerShell where it should be on ${description}${said}.`);
  if (code === RESOURCE_NOT_FOUND || code === INVALID_RESOURCE_URI) {
    return fault("handshakeFailed", `${description} has no remote shell for programs${said}.`, {
      remedy: "Have the host offer WinRM's own shell (winrm quickconfig), or reach it by SSH (Host.ssh).",
    });
  }
  if (gone.has(known)) return new HostError("connectionLost", `The remote shell on ${description} is gone${said}.`);
  if (isTimedOut(refusal)) return new HostError("unreachable", `${description} has not answered in time${said}.`);
  return fault("handshakeFailed", `${description} has refused the remote shell${said}.`);
}

const MAY =
  "Make the account a member of the host's Administrators, or of Remote Management Users with the right to WinRM's shell (winrm configSDDL default).";

/** An answer that nothing can be made of. It may be half of one: nobody goes on from it. */
export function damaged(description: string, why: string): HostError {
  return fault("handshakeFailed", `An answer of ${description} makes no sense: ${why}.`);
}
