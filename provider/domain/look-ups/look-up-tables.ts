import { z } from "zod";
import { hostInput } from "../hosts/host-input";
import type { Output, Property } from "../property-table";
import { parseDuration } from "../values/duration";
import { textOf } from "../values/text-of";

/** An argument of a look-up: there is nothing that a change of it could do. */
export type LookUpArgument = Omit<Property, "onChange" | "onChangeText" | "internal" | "unit">;

export interface LookUpTable {
  readonly arguments: Readonly<Record<string, LookUpArgument>>;
  readonly results: Readonly<Record<string, Output>>;
}

const name = z.string().trim().min(1, "must not be empty").max(1024);

const host = {
  schema: hostInput,
  required: true,
  defaultText: "the stack's configuration `hyperv:host`",
  type: "Host",
  meaning: "Where Hyper-V runs.",
} as const;

const timeout = {
  schema: textOf(parseDuration),
  required: false,
  default: "2m",
  type: "string",
  meaning: "The longest that it may take, a duration: the way to the host, retries and all questions.",
} as const;

/** What a program can ask of a host. Validation, the types of a program and the documentation's tables are held against this. */
export const lookUps = {
  getVirtualMachines: {
    arguments: {
      host,
      name: {
        schema: name,
        required: false,
        defaultText: "every machine",
        type: "string",
        meaning:
          'Which machines: their name (ElementName), or a pattern in which "*" stands for any characters and "?" for one. Letter case does not matter.',
      },
      timeout,
    },
    results: {
      virtualMachines: {
        type: "{ id, name, disks: { instanceId, path, bytes, allocatedBytes? }[] }[]",
        meaning: "By name, then by id. `id` is the GUID; `name` need not be unique. `bytes` of a disk are those of its file.",
      },
    },
  },
  getReferencePoints: {
    arguments: {
      host,
      virtualMachine: {
        schema: name,
        required: true,
        type: "string",
        meaning: "Name (ElementName, must be unique on the host) or GUID of the virtual machine.",
      },
      timeout,
    },
    results: {
      virtualMachineId: { type: "string", meaning: "GUID of the machine." },
      virtualMachineName: { type: "string", meaning: "Its name now." },
      referencePoints: {
        type: '{ id, kind: "rct" | "log" | "unknown", consistency: "application" | "crash" | "unknown", diskIds }[]',
        meaning: "By id. A point carries no time, so no order tells which one is the newest.",
      },
    },
  },
  checkHost: {
    arguments: {
      host,
      directories: {
        schema: z.array(z.string().min(1, "must not be empty")).max(256),
        required: false,
        default: [],
        type: "string[]",
        meaning: "Directories of the host to look at, which need not be there. Nothing is made in them.",
      },
      timeout,
    },
    results: {
      ok: { type: "boolean", meaning: "True where there is no problem." },
      host: { type: "string", meaning: "The host as errors name it." },
      problems: {
        type: "{ code, message, remedy, directory? }[]",
        meaning: "What is wrong, each with its code of the [errors](errors.md) and what to do. One that is about a directory names it.",
      },
      computerName: { type: "string | undefined", meaning: "What the machine calls itself." },
      machineId: { type: "string | undefined", meaning: "What tells the machine apart under every name; none of a simulator." },
      account: { type: "string | undefined", meaning: "The account that Hyper-V is asked as." },
      elevated: {
        type: "boolean | undefined",
        meaning: "Whether the account has the rights of an administrator now. One of Hyper-V Administrators needs none.",
      },
      powershellVersion: { type: "string | undefined", meaning: "Version of PowerShell there; none of a simulator." },
      powershellEdition: { type: "string | undefined", meaning: '"Desktop" is Windows PowerShell, "Core" is PowerShell 7.' },
      managementService: {
        type: '"running" | "stopped" | "missing" | undefined',
        meaning: "The service vmms, by which Hyper-V is managed. Missing: there is no Hyper-V.",
      },
      virtualMachines: { type: "number | undefined", meaning: "How many machines Hyper-V shows the account." },
      directories: {
        type: "{ directory, exists, canonicalPath?, freeBytes? }[]",
        meaning: "In the order given, without those that have a problem. Of one that is not there, the free bytes where it would be.",
      },
    },
  },
} as const satisfies Readonly<Record<string, LookUpTable>>;

export type LookUpName = keyof typeof lookUps;
