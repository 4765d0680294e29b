import { type PathRules, type PathStyle, pathRules } from "../../domain/paths/path-rules";

/** How this machine writes paths. */
export const localPathStyle: PathStyle = process.platform === "win32" ? "windows" : "posix";

export const localPaths: PathRules = pathRules(localPathStyle);
