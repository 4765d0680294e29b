import fs from "node:fs";

let moments = 0;
let dying = 0;
let armed = false;
let pausing = false;

/** One moment at which the process may end. */
function moment() {
  if (armed && ++moments === dying) process.kill(process.pid, "SIGKILL");
}

// Before and after each change of a file, by the simulator or its task, and half-way through what is written in pieces.
for (const name of ["mkdirSync", "renameSync", "linkSync", "unlinkSync", "rmSync", "rmdirSync", "writeSync", "fdatasyncSync"]) {
  const original = fs[name];
  fs[name] = (...parameters) => {
    moment();
    const result = original(...parameters);
    moment();
    if (pausing && armed) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return result;
  };
}
const open = fs.promises.open;
fs.promises.open = async (...parameters) => {
  moment();
  const handle = await open(...parameters);
  const { writeFile } = handle;
  handle.writeFile = async (text) => {
    moment();
    await handle.write(String(text).slice(0, String(text).length >> 1), 0);
    moment();
    await handle.truncate(0);
    return writeFile.call(handle, text);
  };
  return handle;
};

/**
 * Counts moments from now on. The process kills itself at the given one: nothing is cleaned up, nothing told. With pauses, one follows each
 * change of a file, so that whoever stops the process meets it between two changes.
 * @param {number | undefined} dieAt
 * @param {{ pauses?: boolean | undefined }} manner
 */
export function countMoments(dieAt, { pauses } = {}) {
  pausing = pauses ?? false;
  moments = 0;
  dying = dieAt ?? 0;
  armed = true;
  return {
    stop() {
      armed = false;
      return moments;
    },
  };
}
