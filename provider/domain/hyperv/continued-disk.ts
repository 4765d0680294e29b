/**
 * The path of the disk that a checkpoint's file continues, undefined for any other file. Hyper-V puts `data_GUID.avhdx` beside `data.vhdx`
 * and lets the machine run on that one while a checkpoint stands, whoever has made it.
 */
export function continuedDisk(path: string): string | undefined {
  const [, stem, extension] = /^(.*[^\\/])_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.a(vhdx?)$/i.exec(path) ?? [];
  return stem === undefined ? undefined : `${stem}.${extension}`;
}
