// What a command's whole process tree costs. Linux only: /proc tells.
import { readdirSync, readFileSync } from "node:fs";

const SAMPLE_MS = 40;
const TICKS_PER_SECOND = 100;
const PAGE = 4096;

/**
 * @template T
 * @param {() => Promise<T>} work  starts processes and waits for them
 * @param {{ sampleMemory?: boolean, servers?: number[] }} [options]  sampling costs CPU, so that a run is either timed or sampled;
 *   servers: processes that outlive the work and whose share in it counts
 * @returns {Promise<{ result: T, wall: number, cpu: number, memory: number }>} wall and CPU in seconds; memory: the most private bytes that
 *   all child processes held together at any sample
 */
export async function measure(work, { sampleMemory = false, servers = [] } = {}) {
  let memory = 0;
  const sampler = sampleMemory ? setInterval(() => (memory = Math.max(memory, childrenMemory())), SAMPLE_MS) : undefined;
  const cpu = childSeconds(servers);
  const began = performance.now();
  try {
    const result = await work();
    return { result, wall: (performance.now() - began) / 1000, cpu: childSeconds(servers) - cpu, memory };
  } finally {
    clearInterval(sampler);
  }
}

/** CPU seconds of the children that have ended, and of theirs; and of the servers, with theirs. */
function childSeconds(servers) {
  const ticks = (fields, positions) => positions.reduce((sum, position) => sum + Number(fields[position]), 0);
  const ofServers = servers.map((pid) => ticks(fieldsOf(pid), [11, 12, 13, 14]));
  return [ticks(fieldsOf("self"), [13, 14]), ...ofServers].reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
}

/**
 * Of /proc/PID/stat from the state on: [0] the state, [1] the parent, [11] and [12] the user and system ticks of the process, [13] and [14]
 * of its children that have ended.
 */
function fieldsOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function childrenMemory() {
  const children = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const parent = unlessEnded(() => Number(fieldsOf(pid)[1]));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  let total = 0;
  const queue = [...(children.get(process.pid) ?? [])];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    queue.push(...(children.get(pid) ?? []));
    const pages = unlessEnded(() => readFileSync(`/proc/${pid}/statm`, "utf8").split(" ").map(Number));
    if (pages) total += (pages[1] - pages[2]) * PAGE;
  }
  return total;
}

function unlessEnded(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
