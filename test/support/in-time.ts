/** Far above what a run needs, far below what a person would wait: a hang is a failure of its own. */
const LONGEST_RUN_MS = 20_000;

export async function inTime<T>(run: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${LONGEST_RUN_MS} ms`)), LONGEST_RUN_MS);
  });
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}
