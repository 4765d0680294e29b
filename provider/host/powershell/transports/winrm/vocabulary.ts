/** Names of WS-Management's messages as Windows reads them (MS-WSMV, section 2.2.1; DSP0226). */
export const namespaces = {
  envelope: "http://www.w3.org/2003/05/soap-envelope",
  addressing: "http://schemas.xmlsoap.org/ws/2004/08/addressing",
  management: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
  microsoft: "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
  shell: "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
  fault: "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
  identity: "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
} as const;

const transfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer";

/** What a shell is asked. The answer's action is the same with "Response" behind it. */
export const actions = {
  create: `${transfer}/Create`,
  delete: `${transfer}/Delete`,
  command: `${namespaces.shell}/Command`,
  send: `${namespaces.shell}/Send`,
  receive: `${namespaces.shell}/Receive`,
  signal: `${namespaces.shell}/Signal`,
} as const;

export type ShellAction = keyof typeof actions;

export const anonymous = `${namespaces.addressing}/role/anonymous`;

/** The shell that starts programs, as winrs does. */
export const commandShell = `${namespaces.shell}/cmd`;

export const terminate = `${namespaces.shell}/signal/terminate`;

export const commandStates = {
  done: `${namespaces.shell}/CommandState/Done`,
  running: `${namespaces.shell}/CommandState/Running`,
  pending: `${namespaces.shell}/CommandState/Pending`,
} as const;
