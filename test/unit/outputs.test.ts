import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { Host, ReferencePoint, ReferencePointExport } from "../../provider/index";
import { secretNames } from "../../provider/resources/given/secret-names";

const file = { path: "a.vhdx", bytes: 7, sha256: "37593a5f".repeat(8), role: "disk" } as const;
const line = "N1k6XzdZOl83WTpfN1k6XzdZOl83WTpfN1k6XzdZOl8 7 a.vhdx";

let answer: Record<string, unknown> | undefined;
beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, ...(answer && { result: answer }) } }),
    call: ({ inputs }) => inputs,
  }),
);

const args = { host: Host.simulator({ directory: "/lab" }), virtualMachine: "WEB01", exportDirectory: "/exports" };
const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

describe("outputs", () => {
  it("are made when they are asked for: a resource has those of the arguments that were given, and one more", () => {
    const made = new ReferencePointExport("made", { ...args, referencePoint: undefined as never, triggers: [1] });
    const outputs = Object.entries(made).flatMap(([name, value]) => (pulumi.Output.isInstance(value) ? [name] : []));
    const given = ["host", "virtualMachine", "exportDirectory", "triggers"];
    expect(outputs.sort()).toEqual([...given, "__owner", "__provider", "id", "result", "urn"].sort());
  });

  it("are read from what the state keeps, or from what a mock says in full", async () => {
    for (const files of [[line], [file]]) {
      answer = { files, status: "damaged", problems: ["p"], kind: "full" };
      const made = new ReferencePointExport("made", args);
      expect(await resolved(made.files)).toEqual([file]);
      expect(await resolved(pulumi.all([made.totalBytes, made.status, made.kind, made.exportId, made.exportDirectory]))).toEqual([
        7,
        "damaged",
        "full",
        "made-id",
        "/exports",
      ]);
      expect(await resolved(pulumi.all([made.problems, made.warnings]))).toEqual([["p"], []]);
    }
    answer = { totalBytes: 4096 };
    expect(await resolved(new ReferencePointExport("mocked", args).totalBytes)).toBe(4096);
  });

  it("null for the options, or for the parent in them, is none", async () => {
    const construct = (opts: unknown) => new ReferencePointExport("made", args, opts as pulumi.CustomResourceOptions);
    for (const opts of [null, { parent: null }]) {
      const { urn, exportDirectory } = construct(opts);
      expect(await resolved(pulumi.all([urn, exportDirectory]))).toEqual([
        expect.stringMatching(/ReferencePointExport::made$/),
        "/exports",
      ]);
    }
  });

  it("that a mock leaves out are undefined, and lists empty", async () => {
    answer = undefined;
    const made = new ReferencePointExport("made", args);
    expect(await resolved(pulumi.all([made.status, made.baseReferencePointId, made.files, made.warnings, made.totalBytes]))).toEqual([
      undefined,
      undefined,
      [],
      [],
      0,
    ]);
  });
});

describe("outputs of a point", () => {
  const { exportDirectory: _, ...pointArgs } = args;

  it("are read from what the state keeps: its consistency is the host's word, not what was asked for", async () => {
    answer = { referencePointId: "Microsoft:1", consistency: "crash", diskIds: ["a"], virtualMachineId: "m", status: "intact" };
    const made = new ReferencePoint("made", { ...pointArgs, consistency: "application-if-possible" });
    const { referencePointId, consistency, diskIds, virtualMachineId, status } = made;
    expect(await resolved(pulumi.all([referencePointId, consistency, diskIds, virtualMachineId, status]))).toEqual([
      "Microsoft:1",
      "crash",
      ["a"],
      "m",
      "intact",
    ]);
  });

  it("that a mock leaves out are undefined, and lists empty", async () => {
    answer = undefined;
    const made = new ReferencePoint("made", pointArgs);
    expect(await resolved(pulumi.all([made.consistency, made.createdAt, made.diskIds]))).toEqual([undefined, undefined, []]);
  });

  it("without arguments it says what is missing", () => {
    const bare = ReferencePoint as unknown as new (...given: unknown[]) => unknown;
    expect(() => new bare("made")).toThrow(/virtualMachine is missing/);
    expect(() => new bare("", pointArgs)).toThrow(/name is missing/);
  });
});

describe("a host's password", () => {
  const hostIsSecret = (host: Parameters<typeof Host.winrm>[0]) => {
    const made: object = new ReferencePointExport("made", { ...args, host: { kind: "winrm", ...host } });
    return pulumi.isSecret((made as { readonly host: pulumi.Output<unknown> }).host);
  };
  it.each([
    ["alone", {}],
    ["beside a key that is undefined", { privateKey: undefined }],
  ])("is a secret in the state, %s", async (_, more) => {
    const credential = { userName: "svc", password: "hush" };
    const host = { ...Host.winrm({ computerName: "hv01", authentication: "ntlm", credential }), ...more };
    expect(await hostIsSecret(host)).toBe(true);
  });

  it("that a variable holds is none: only its name lies there", async () => {
    const credential = { userName: "svc", password: { environment: "HV_PASSWORD" } };
    const host = Host.winrm({ computerName: "hv01", authentication: "ntlm", credential });
    expect(await hostIsSecret(host)).toBe(false);
  });
});

describe("the names of secret arguments", () => {
  it("are those of secrets, however deep, and a host's key always", async () => {
    const ssh = { kind: "ssh", hostName: "hv01" };
    expect(secretNames(args)).toBeUndefined();
    expect(await secretNames({ ...args, virtualMachine: pulumi.output("WEB01") })).toBeUndefined();
    expect(await secretNames({ ...args, virtualMachine: pulumi.secret("WEB01") })).toEqual(["virtualMachine"]);
    expect(await secretNames({ host: { ...ssh, userName: Promise.resolve(pulumi.secret("u")) } })).toEqual(["host.userName"]);
    expect(await secretNames({ host: { ...ssh, privateKey: "k" } })).toEqual(["host.privateKey"]);
    const either = ["host.privateKey", "host.credential.password"];
    expect(await secretNames({ host: pulumi.output({ ...ssh, privateKey: "k" }) })).toEqual(either);
    expect(await secretNames({ host: pulumi.secret(ssh) })).toEqual(["host", ...either]);
    const winrm = { kind: "winrm", computerName: "hv01", authentication: "ntlm" };
    expect(await secretNames({ host: winrm })).toBeUndefined();
    expect(await secretNames({ host: { ...winrm, credential: { userName: "svc", password: "p" } } })).toEqual(["host.credential.password"]);
    expect(await secretNames({ host: { ...winrm, credential: pulumi.output({ userName: "svc", password: "p" }) } })).toEqual([
      "host.credential.password",
    ]);
  });
});
