import { describe, expect, it } from "vitest";
import { continuedDisk } from "../../provider/domain/hyperv/continued-disk";
import { hasSameName } from "../../provider/domain/records/target-match";

const GUID = "BAA8A125-E1F5-4203-AE2F-B99A5AEEDF44";
const running = { instanceId: "Microsoft:1\\0", path: `E:\\VMs\\Virtual Hard Disks\\SRV01_${GUID}.avhdx` };

describe("the disk that a checkpoint's file continues", () => {
  it.each([
    [running.path, "E:\\VMs\\Virtual Hard Disks\\SRV01.vhdx"],
    [`/srv/vms/data_${GUID.toLowerCase()}.avhd`, "/srv/vms/data.vhd"],
    [`data_${GUID}_${GUID}.avhdx`, `data_${GUID}.vhdx`],
  ])("%s is of %s", (path, disk) => {
    expect(continuedDisk(path)).toBe(disk);
  });

  it.each(["SRV01.vhdx", `SRV01_${GUID}.vhdx`, "SRV01_old.avhdx", `E:\\_${GUID}.avhdx`, `SRV01${GUID}.avhdx`])("none of %s", (path) => {
    expect(continuedDisk(path)).toBeUndefined();
  });
});

describe("a disk while a checkpoint stands", () => {
  it.each([
    "srv01.vhdx",
    "E:\\VMs\\Virtual Hard Disks\\SRV01.vhdx",
    "e:/vms/virtual hard disks/srv01.vhdx",
    running.path,
    "MICROSOFT:1\\0",
  ])("is named by %s", (text) => {
    expect(hasSameName(running, text)).toBe(true);
  });

  it.each(["SRV01.vhd", "D:\\SRV01.vhdx", "SRV02.vhdx", "SRV01"])("is not named by %s", (text) => {
    expect(hasSameName(running, text)).toBe(false);
  });
});
