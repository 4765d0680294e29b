import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { Host } from "pulumi-hyperv-reference-point";
import { afterEach, expect, it } from "vitest";
import { FakeEngine } from "./fake-engine";

const sdk = createRequire(createRequire(__filename).resolve("@pulumi/pulumi/package.json"));
const { withLocalStorage } = sdk("./runtime/state") as { withLocalStorage<T>(program: () => Promise<T>): Promise<T> };
const settings = sdk("./runtime/settings") as {
  readonly grpcClientOptions: Record<string, unknown>;
  resetOptions(
    project: string,
    stack: string,
    parallel: number,
    engine: string,
    monitor: string,
    preview: boolean,
    organization: string,
  ): void;
};
const OPTION = "grpc.use_local_subchannel_pool";
const setByThePackage = settings.grpcClientOptions[OPTION];

afterEach(() => {
  settings.grpcClientOptions[OPTION] = setByThePackage;
});

/** A run of an inline program, as the SDK's server starts it. */
function runAt<T>(address: string, program: () => Promise<T>): Promise<T> {
  return withLocalStorage(async () => {
    settings.resetOptions("project", "stack", 1, address, address, false, "organization");
    return program();
  });
}

/** What an engine hears that has the port of one which ended before a word of its run did. */
async function heardOnUsedPort(): Promise<string[]> {
  const ended = await FakeEngine.start(sdk);
  await runAt(ended.address, async () => {
    await pulumi.log.info("in time");
    ended.close();
    // The SDK's log does not tell that nobody heard.
    await pulumi.log.info("too late");
  });
  expect(ended.logged.map(({ text }) => text)).toEqual(["in time"]);
  const engine = await FakeEngine.start(sdk, ended.address);
  try {
    await runAt(engine.address, () => pulumi.log.info("the next run"));
    return engine.logged.map(({ text }) => text);
  } finally {
    engine.close();
  }
}

it("a run reaches an engine that has the port of an earlier one", async () => {
  expect(Host.simulator).toBeTypeOf("function");
  expect(await heardOnUsedPort()).toEqual(["the next run"]);
});

it("which the SDK alone does not", async () => {
  delete settings.grpcClientOptions[OPTION];
  expect(await heardOnUsedPort()).toEqual([]);
});
