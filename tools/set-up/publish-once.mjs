import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const infix = ".making-";
const heartbeatMs = 2_000;
const silentMs = 15_000; // a maker this silent is taken for dead: others no longer wait for it
const abandonedMs = 10 * 60_000; // and after this long its folder is removed

/**
 * Makes a folder that appears whole or not at all. It is made under a temporary name beside its final one and then renamed, so a run
 * that is killed half way leaves nothing that counts. Where another process is making the same folder, this one waits for it.
 * @param {string} folder
 * @param {(temporary: string) => Promise<void>} make  fills the temporary folder; rejects when it cannot
 * @param {(text: string) => void} say
 */
export async function publishOnce(folder, make, say) {
  mkdirSync(dirname(folder), { recursive: true });
  // The time leads the name: of several makers the oldest one works and the others wait, whoever looks.
  const own = `${folder}${infix}${String(Date.now()).padStart(15, "0")}-${process.pid}`;
  mkdirSync(own);
  removeAbandoned(folder);
  const heartbeat = setInterval(() => touch(own), heartbeatMs);
  heartbeat.unref();
  const removeOwn = () => rmSync(own, { recursive: true, force: true });
  process.once("exit", removeOwn);
  try {
    await waitForOlderMakers(folder, own, say);
    if (existsSync(folder)) return;
    await make(own);
    rename(own, folder);
  } finally {
    clearInterval(heartbeat);
    process.off("exit", removeOwn);
    removeOwn();
  }
}

/**
 * Removes what makers of the folder left when they were killed.
 * @param {string} folder
 */
export function removeAbandoned(folder) {
  for (const path of makersOf(folder)) {
    if (silence(path) > abandonedMs) rmSync(path, { recursive: true, force: true });
  }
}

async function waitForOlderMakers(folder, own, say) {
  let said = false;
  while (!existsSync(folder)) {
    const older = makersOf(folder).filter((path) => path < own);
    if (!older.some((path) => silence(path) < silentMs)) return;
    if (!said) say(`Another run is making ${folder}: waiting for it.`);
    said = true;
    await sleep(500);
  }
}

function rename(from, to) {
  for (let attempt = 1; ; attempt++) {
    try {
      return renameSync(from, to);
    } catch (error) {
      if (existsSync(to)) return; // another maker was first
      // On Windows a virus scanner may hold a new program open for a moment.
      if (attempt === 20 || !["EPERM", "EACCES", "EBUSY"].includes(error.code)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
  }
}

function makersOf(folder) {
  const parent = dirname(folder);
  return readdirSync(parent)
    .filter((name) => name.startsWith(basename(folder) + infix))
    .map((name) => join(parent, name));
}

function silence(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Renamed or removed this instant.
  }
}
