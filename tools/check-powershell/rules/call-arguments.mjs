import { accepting } from "../parameter-lists.mjs";
import { plainText } from "../syntax-tree.mjs";
import { typeOfShortName } from "../type-table.mjs";
import { isEnumText } from "./type-names.mjs";

/**
 * Whether one of the overloads takes these arguments: as many, and no text in an enum's place that names none of its values.
 * @param {import("../parameter-lists.mjs").Overload[]} overloads
 * @param {import("../syntax-tree.mjs").Node[]} passed
 */
export function takes(overloads, passed) {
  return accepting(overloads, passed.length).some(({ parameters }) =>
    passed.every((argument, index) => {
      const type = typeOfShortName(parameters[index] ?? "");
      const text = plainText(argument);
      return type === undefined || text === undefined || isEnumText(type.full, text);
    }),
  );
}
