import { z } from "zod";
import type { PropertyTable } from "../property-table";
import { parseDuration } from "../values/duration";
import { accepted, type Parsed, refused } from "../values/parsed";
import { textOf } from "../values/text-of";
import { secretSource } from "./secret-source";
import { sshExecutableProblem, sshHostKeyProblem, sshHostNameProblem, sshJumpHostProblem, sshUserNameProblem } from "./ssh-words";
import { fingerprintProblem, winrmComputerNameProblem, winrmUserNameProblem } from "./winrm-words";

function word(problemOf: (text: string) => string | undefined) {
  return textOf((text): Parsed<string> => {
    const reason = problemOf(text);
    return reason === undefined ? accepted(text) : { ok: false, reason };
  });
}

/** A night is short, and a timer cannot take a month. */
const LONGEST_CONNECT_MS = 10 * 60_000;

function parseConnectTimeout(text: string): Parsed<number> {
  const parsed = parseDuration(text);
  return parsed.ok && parsed.value > LONGEST_CONNECT_MS ? refused("a duration of at most 10 minutes", "a longer one") : parsed;
}

/** The host itself waits no longer, unless it was set up to; and a session is heard of once a minute. */
const LONGEST_OPERATION_MS = 60_000;

function parseOperationTimeout(text: string): Parsed<number> {
  const parsed = parseDuration(text);
  if (!parsed.ok || (parsed.value >= 1000 && parsed.value <= LONGEST_OPERATION_MS)) return parsed;
  return refused("a duration from 1 second to 1 minute", "another one");
}

const file = z
  .string()
  .min(1, "must not be empty")
  .regex(/^\P{Cc}*$/u, "holds a control character");

/** Another value reaches the same machine in another way, or another machine: the machine itself tells which. */
const way = { onChange: "update", onChangeText: "update, unless another machine answers" } as const;

export const simulatorHost = {
  directory: {
    schema: z.string().min(1),
    required: true,
    type: "string",
    onChange: "replace",
    meaning:
      "Absolute path of the lab on this computer. A create, or Simulator.open, makes the default lab in an empty or absent directory.",
  },
} as const satisfies PropertyTable;

export const localHost = {
  executable: {
    schema: file,
    required: false,
    defaultText: "powershell.exe of Windows; elsewhere pwsh",
    type: "string",
    ...way,
    meaning: "PowerShell to start: a path, or a name on PATH.",
  },
} as const satisfies PropertyTable;

export const sshHost = {
  hostName: {
    schema: word(sshHostNameProblem),
    required: true,
    type: "string",
    ...way,
    meaning: "Name or address of the machine, or a name from the ssh configuration of the account that runs Pulumi.",
  },
  userName: {
    schema: word(sshUserNameProblem),
    required: false,
    defaultText: "as ssh decides",
    type: "string",
    ...way,
    meaning: 'Account on the host: "name", "DOMAIN\\name" or "name@domain".',
  },
  port: {
    schema: z.int().min(1).max(65535),
    required: false,
    defaultText: "as ssh decides: 22",
    type: "number",
    ...way,
    meaning: "Port of the host's sshd.",
  },
  keyFile: {
    schema: file,
    required: false,
    defaultText: "as ssh decides: its agent, its default keys",
    type: "string",
    ...way,
    meaning: "Path of a private key on the computer that runs Pulumi.",
  },
  privateKey: {
    schema: secretSource,
    required: false,
    defaultText: "none",
    type: "string | { environment: string }",
    ...way,
    meaning: "The private key itself, always a secret; or the name of the environment variable that holds it. Instead of `keyFile`.",
  },
  hostKey: {
    schema: word(sshHostKeyProblem),
    required: false,
    defaultText: "the known hosts of the account that runs Pulumi",
    type: "string",
    ...way,
    meaning: "The machine's public key as a line of OpenSSH (`ssh-keyscan` prints it): no other machine is believed.",
  },
  jumpHost: {
    schema: word(sshJumpHostProblem),
    required: false,
    defaultText: "none",
    type: "string",
    ...way,
    meaning: "[USER@]HOST[:PORT] to go through, or several with commas between (ProxyJump).",
  },
  executable: {
    schema: word(sshExecutableProblem),
    required: false,
    default: "powershell.exe",
    type: "string",
    ...way,
    meaning: "PowerShell on the host, one plain word.",
  },
  connectTimeout: {
    schema: textOf(parseConnectTimeout),
    required: false,
    default: "15s",
    unit: "duration",
    type: "string",
    ...way,
    meaning: "The longest that the connection may take; at most 10 minutes.",
  },
} as const satisfies PropertyTable;

export const winrmHost = {
  computerName: {
    schema: word(winrmComputerNameProblem),
    required: true,
    type: "string",
    ...way,
    meaning: "Name or address of the machine. Its certificate must be of this name, and Kerberos knows the machine by it.",
  },
  port: {
    schema: z.int().min(1).max(65535),
    required: false,
    defaultText: "5986; with `useSsl: false`, 5985",
    type: "number",
    ...way,
    meaning: "Port of the host's WinRM.",
  },
  useSsl: {
    schema: z.boolean(),
    required: false,
    default: true,
    type: "boolean",
    ...way,
    meaning:
      "HTTPS. `false`: HTTP, where each message is encrypted by the login; with `basic` and `certificate`, which encrypt none, it is refused.",
  },
  authentication: {
    schema: z.enum(["kerberos", "negotiate", "ntlm", "basic", "certificate"]),
    required: true,
    type: '"kerberos" | "negotiate" | "ntlm" | "basic" | "certificate"',
    ...way,
    meaning: "How to log in. `negotiate`: Kerberos where it can be had, else NTLM.",
  },
  credential: {
    schema: z.strictObject({ userName: word(winrmUserNameProblem), password: secretSource }),
    required: false,
    defaultText: "with Kerberos, the tickets of the account that runs Pulumi",
    type: "{ userName: string, password: string | { environment: string } }",
    ...way,
    meaning:
      'Account on the host ("name", "DOMAIN\\name" or "name@domain") and its password, always a secret; or the name of the environment variable that holds it.',
  },
  certificate: {
    schema: z.strictObject({ file, keyFile: file }),
    required: false,
    defaultText: "none",
    type: "{ file: string, keyFile: string }",
    ...way,
    meaning: "Paths of a client certificate and of its key, in PEM, on the computer that runs Pulumi. With `certificate` alone.",
  },
  caFile: {
    schema: file,
    required: false,
    defaultText: "the authorities that Node.js believes",
    type: "string",
    ...way,
    meaning: "Path of the certificates of the authorities that are believed, in PEM, on the computer that runs Pulumi.",
  },
  fingerprint: {
    schema: word(fingerprintProblem),
    required: false,
    defaultText: "none",
    type: "string",
    ...way,
    meaning: "SHA-256 of the host's certificate: no other one is believed, and of this one nothing else is asked. Instead of `caFile`.",
  },
  operationTimeout: {
    schema: textOf(parseOperationTimeout),
    required: false,
    default: "20s",
    unit: "duration",
    type: "string",
    ...way,
    meaning: "How long the host may take to one answer, and how long it holds back one that says nothing; from 1 second to 1 minute.",
  },
} as const satisfies PropertyTable;
