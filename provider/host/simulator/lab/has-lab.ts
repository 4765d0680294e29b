import { labAt } from "./lab";

/** Whether a lab is there. One that cannot be read is: whoever asks it something hears what is wrong. */
export function hasLab(directory: string): boolean {
  try {
    return labAt(directory).store.peek() !== undefined;
  } catch {
    return true;
  }
}
