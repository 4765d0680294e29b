import * as pulumi from "@pulumi/pulumi";

/** A program without an engine, as a script is that only asks. */
const noEngine = {};

/** The program that runs now, as the code that asks hosts in its process must know it. */
export function programNow() {
  const settings = settingsNow();
  const always = Promise.resolve();
  return {
    identity: (pulumi.runtime.getMonitor() as object | undefined) ?? noEngine,
    engineAnswers: (): Promise<unknown> => settings?.rpcDone ?? always,
    keepAlive: (): (() => void) => pulumi.runtime.rpcKeepAlive(),
  };
}

/** Whether mocks stand in for the engine. */
export function isMocked(): boolean {
  const monitor: object | undefined = pulumi.runtime.getMonitor();
  return monitor?.constructor.name === "MockMonitor";
}

interface Settings {
  /** Settles when the engine has answered all that it was asked so far. */
  readonly rpcDone?: Promise<unknown>;
}

/** The SDK has them and does not declare them. Of an SDK that has them no more, nobody learns what the program waits for. */
function settingsNow(): Settings | undefined {
  try {
    const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore(): { readonly settings: Settings } };
    return getStore().settings;
  } catch {
    return undefined;
  }
}
