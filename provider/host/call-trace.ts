import { appendFileSync } from "node:fs";
import type { Host } from "./port";

/**
 * With HYPERV_TRACE set to a file's path, every call on a host appends a line of JSON to it: the process, the verb, how many items it
 * carried, how long it took and whether it failed. For a person who wonders what a provider does at night; values are never written.
 */
export function traced(host: Host): Host {
  const file = process.env.HYPERV_TRACE;
  if (file === undefined || file === "") return host;
  return new Proxy(host, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function" || typeof name !== "string") return member;
      return async (...args: unknown[]) => {
        const startedAt = new Date();
        const from = performance.now();
        const write = (failed: boolean) => {
          const line = {
            pid: process.pid,
            at: startedAt.toISOString(),
            verb: name,
            items: itemsOf(args[0]),
            ms: Math.round(performance.now() - from),
            failed,
          };
          try {
            appendFileSync(file, `${JSON.stringify(line)}\n`);
          } catch {
            // A full or missing log folder must not fail a backup.
          }
        };
        let failed = true;
        try {
          const answer: unknown = await Reflect.apply(member, target, args);
          failed = false;
          return answer;
        } finally {
          write(failed);
        }
      };
    },
  });
}

function itemsOf(request: unknown): number {
  if (Array.isArray(request)) return request.length;
  if (typeof request !== "object" || request === null) return 0;
  return Object.values(request).reduce((sum: number, list: unknown) => sum + (Array.isArray(list) ? list.length : 0), 0);
}
