/** Namespaces, actions and names of MS-WSMV, as the specification and recorded exchanges have them. */
export const namespaces = {
  soap: "http://www.w3.org/2003/05/soap-envelope",
  addressing: "http://schemas.xmlsoap.org/ws/2004/08/addressing",
  transfer: "http://schemas.xmlsoap.org/ws/2004/09/transfer",
  wsman: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
  shell: "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
  microsoft: "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
  fault: "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
  identify: "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
} as const;

const { transfer, shell } = namespaces;

/** What a client may ask for, by the action of its request. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  [`${transfer}/Create`, "Create"],
  [`${transfer}/Delete`, "Delete"],
  [`${shell}/Command`, "Command"],
  [`${shell}/Send`, "Send"],
  [`${shell}/Receive`, "Receive"],
  [`${shell}/Signal`, "Signal"],
]);

export type Operation = "Create" | "Delete" | "Command" | "Send" | "Receive" | "Signal" | "Identify";

export const ANONYMOUS = `${namespaces.addressing}/role/anonymous`;
export const CMD_SHELL = `${shell}/cmd`;
export const FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
export const CERTIFICATE_LOGIN = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

export const commandStates = { running: `${shell}/CommandState/Running`, done: `${shell}/CommandState/Done` };

/** Signals by the last word of their address. MS-WSMV 3.1.4.12. */
export const signals: ReadonlyMap<string, Signal> = new Map([
  [`${shell}/signal/ctrl_c`, "ctrl_c"],
  [`${shell}/signal/ctrl_break`, "ctrl_break"],
  [`${shell}/signal/terminate`, "terminate"],
  // Windows knows this older spelling, too; pywinrm has used it.
  [`${shell}/signal/Terminate`, "terminate"],
]);

export type Signal = "ctrl_c" | "ctrl_break" | "terminate";
