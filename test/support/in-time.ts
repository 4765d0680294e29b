/** @param longestMs far above what a run needs, far below what a person would wait: a hang is a failure of its own */
export async function inTime<T>(run: Promise<T>, longestMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${longestMs} ms`)), longestMs);
  });
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}
