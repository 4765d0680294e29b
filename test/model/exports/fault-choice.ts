import fc from "fast-check";
import { returnCodes } from "../../../provider/domain/hyperv/return-codes";
import type { Fault, FaultName } from "../../../provider/host/simulator/index";
import { hostMethods } from "../../../provider/host/simulator/index";

const code = fc.constantFrom(...returnCodes.map((one) => one.code));
const atPercent = fc.constantFrom(0, 30, 70, 100);
/** Absent: for as long as the fault is on. */
const count = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
const once = fc.integer({ min: 1, max: 2 });
/** No operation makes points or checkpoints yet. */
const methods = hostMethods.filter(
  (name) => !/^(create|destroy)ReferencePoints$|^findPointJobs$|Checkpoint|TestMachine|^readInstances$/.test(name),
);
const method = fc.constantFrom(...methods);
/** Cancelling waits half a minute for a host that never hears of it: true, tried elsewhere, and too slow for here. */
const lastingMethod = fc.constantFrom(...methods.filter((name) => name !== "terminateJobs"));

/** Every fault of the table; `volume` stands in a path for the world's volume. */
export const volumePath = "VOLUME";
const faults: { readonly [name in FaultName]: fc.Arbitrary<object> } = {
  returnCode: fc.record({ code, count }),
  jobFails: fc.record({ atPercent, errorCode: code, count }),
  jobStalls: fc.record({ atPercent: fc.constantFrom(0, 50), count: once }),
  jobVanishes: fc.record({ atPercent, count }),
  jobCompletesWithWarnings: fc.record({ count }),
  jobTerminated: fc.record({ atPercent, count }),
  mergeFails: fc.record({ atPercent, count }),
  mergeStalls: fc.record({ atPercent: fc.constantFrom(0, 50), count: once }),
  connectionLostBefore: fc.oneof(fc.record({ method, count: once }), fc.record({ method: lastingMethod })),
  connectionLostAfter: fc.oneof(fc.record({ method, count: once }), fc.record({ method: lastingMethod })),
  hostUnreachable: fc.oneof(fc.record({ method, count: once }), fc.record({ count: once }), fc.record({ method: lastingMethod })),
  volumeMissing: fc.record({ path: fc.constantFrom(volumePath, `${volumePath}/one`), count }),
  diskFull: fc.oneof(
    fc.record({ atPercent, count }),
    fc.record({ method: fc.constantFrom("createTextFiles", "replaceTextFiles", "moveFiles"), count }),
  ),
  accessDenied: fc.oneof(fc.record({ count }), fc.record({ path: fc.constant(`${volumePath}/two`), method, count })),
  fileInUse: fc.oneof(fc.record({ method, count: once }), fc.record({ path: fc.constant(`${volumePath}/one`), count })),
  slowListing: fc.record({ delay: fc.constant(20), count }),
};

export const fault: fc.Arbitrary<Fault> = fc.oneof(
  ...Object.entries(faults).map(([name, rest]) => rest.map((given) => withoutUndefined({ fault: name, ...given }) as unknown as Fault)),
);

export function placed(fault: Fault, volume: string): Fault {
  return "path" in fault && fault.path !== undefined ? ({ ...fault, path: fault.path.replace(volumePath, volume) } as Fault) : fault;
}

/** The job may come to a bad end, so that the method has to be called again. */
export function spoilsJobs(one: Fault): boolean {
  if (one.fault === "diskFull") return one.method === undefined;
  return one.fault === "volumeMissing" || (one.fault.startsWith("job") && one.fault !== "jobCompletesWithWarnings");
}

/** An operation ends as well as without it. */
export function isHarmless({ fault }: Fault): boolean {
  return fault === "jobCompletesWithWarnings" || fault === "slowListing" || fault === "mergeFails" || fault === "mergeStalls";
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}
