// Reads a JSON list of expressions, writes what feelin makes of each, with its type.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.argv[2]));
const { evaluate } = require("feelin");

function typed(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return { n: Number.isFinite(value) ? value : String(value) };
  if (typeof value === "string") return { s: value };
  if (typeof value === "boolean") return { b: value };
  if (typeof value === "function") return { x: "function" };
  if (Array.isArray(value)) return { l: value.map(typed) };
  if ("start included" in value) return { x: "range" };
  if (value.constructor?.name !== "Object") return { x: String(value) };
  return { o: Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typed(one)])) };
}

const answers = JSON.parse(readFileSync(0, "utf8")).map((text) => {
  try {
    const found = evaluate(text, {});
    return typed(found && typeof found === "object" && "warnings" in found ? found.value : found);
  } catch (error) {
    return { e: String(error.message).slice(0, 80) };
  }
});
process.stdout.write(JSON.stringify(answers));
