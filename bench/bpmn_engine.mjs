// Runs processes in npm bpmn-engine and keeps their state in SQLite at every step. One JSON request
// a line comes in, one answer a line goes out. Arguments: a folder with node_modules, a database file.
import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

const [, , folder, file] = process.argv;
const { Engine } = createRequire(pathToFileURL(`${folder}/package.json`))("bpmn-engine");

const database = new DatabaseSync(file);
database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
database.exec("CREATE TABLE instance (id INTEGER PRIMARY KEY, state TEXT NOT NULL)");
const insert = database.prepare("INSERT INTO instance (state) VALUES (?)");
const update = database.prepare("UPDATE instance SET state = ? WHERE id = ?");
const select = database.prepare("SELECT state FROM instance WHERE id = ?");

const sources = new Map();
const cases = new Map();

function heard() {
  const one = { waiting: null, listener: new EventEmitter() };
  one.listener.on("activity.wait", (activity) => {
    one.waiting = activity;
  });
  return one;
}

async function start(process) {
  const one = heard();
  one.engine = new Engine({ name: process, source: sources.get(process) });
  await one.engine.execute({ listener: one.listener });
  const id = Number(insert.run(JSON.stringify(await one.engine.getState())).lastInsertRowid);
  cases.set(id, one);
  return { id };
}

// Processor time of the thread that runs the engine, as ours is taken: not that of V8's own threads
// beside it. Linux brings it up to date only when somebody asks for the whole program's.
function busySeconds() {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

async function complete({ id, cold, answers }) {
  if (cold) await cases.get(id).engine.stop();
  const began = performance.now();
  const busy = busySeconds();
  if (cold) {
    const again = heard();
    again.engine = new Engine().recover(JSON.parse(select.get(id).state));
    await again.engine.resume({ listener: again.listener });
    cases.set(id, again);
  }
  const one = cases.get(id);
  const task = one.waiting;
  one.waiting = null;
  task.environment.assignVariables(answers);
  task.signal(answers);
  const state = JSON.stringify(await one.engine.getState());
  update.run(state, id);
  return {
    seconds: (performance.now() - began) / 1000,
    busy: busySeconds() - busy,
    bytes: Buffer.byteLength(state),
    waits: one.waiting !== null,
  };
}

async function answered(request) {
  if (request.define) {
    for (const [process, source] of Object.entries(request.define)) sources.set(process, source);
    return { node: process.version };
  }
  return request.start ? start(request.start) : complete(request.complete);
}

for await (const text of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answered(JSON.parse(text)))}\n`);
}
process.exit(0);
