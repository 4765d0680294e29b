/** As Windows says them, with the HRESULT. */
export const NO_SPACE = "There is not enough space on the disk (0x80070070).";
export const FILE_IN_USE = "The process cannot access the file because it is being used by another process (0x80070020).";
