// Workers as they are, against a program that serves: node workers.mjs MODE COUNT, with TONGBAN, SYSTEM and PASSWORD. Prints what happened as JSON.
import { BasicAuthInterceptor, Client, Variables } from "camunda-external-task-client-js";

const [mode, wanted] = [process.argv[2], Number(process.argv[3])];
const seen = [];
const errors = [];
const began = Date.now();

function worker(workerId, options, handler) {
  const client = new Client({
    baseUrl: `${process.env.TONGBAN}/engine-rest`,
    workerId,
    interval: 50,
    interceptors: new BasicAuthInterceptor({ username: process.env.SYSTEM, password: process.env.PASSWORD }),
    ...options,
  });
  client.on("poll:error", (e) => errors.push(`${e.httpStatusCode} ${e.type} ${e.engineMsg}`));
  for (const what of ["complete", "handleFailure", "handleBpmnError", "extendLock", "unlock"])
    client.on(`${what}:error`, (task, e) => errors.push(`${what} ${e.httpStatusCode} ${e.type}`));
  client.subscribe("echo", { lockDuration: options.lockDuration ?? 20000 }, (given) => handler(client, workerId, given));
  return client;
}

function finish() {
  console.log(JSON.stringify({ seen, errors, ms: Date.now() - began }));
  process.exit(0);
}

const note = (workerId, task, what) => seen.push({ worker: workerId, id: task.id, no: task.businessKey, what, purpose: task.variables.get("purpose"), at: Date.now() });

const modes = {
  // Two workers take whatever comes; each task is to be done once.
  race() {
    const both = ["w1", "w2"].map((id) =>
      worker(id, { maxTasks: 2 }, async (_, workerId, { task, taskService }) => {
        note(workerId, task, "complete");
        await taskService.complete(task, new Variables().set("arrears", 0).set("note", { deep: [1, 2] }));
      }));
    return both;
  },
  // A failure that is tried again, an error of the process, a lock that is kept longer, a task that is let go, and one that is given up.
  ways() {
    const turns = new Map();
    return [worker("w1", { maxTasks: 1 }, async (_, workerId, { task, taskService }) => {
      if (!turns.has(task.businessKey)) turns.set(task.businessKey, { way: turns.size, times: 0 });
      const turn = turns.get(task.businessKey);
      turn.times += 1;
      const way = ["failure", "error", "extend", "unlock", "incident"][turn.way];
      if (way === "failure" && turn.times === 1) {
        await taskService.handleFailure(task, { errorMessage: "line down", errorDetails: "at once", retries: 2, retryTimeout: 100 });
        return;
      }
      if (way === "unlock" && turn.times === 1) {
        await taskService.unlock(task);
        return;
      }
      if (way === "error") await taskService.handleBpmnError(task, "NO_RECORD", "not on record", new Variables().set("arrears", 1));
      else if (way === "incident") await taskService.handleFailure(task, { errorMessage: "given up", retries: 0, retryTimeout: 0 });
      else {
        if (way === "extend") await taskService.extendLock(task, 40000);
        await taskService.complete(task);
      }
      note(workerId, task, `${way} ${turn.times} ${task.retries}`);
    })];
  },
  // The first worker dies with the task in its hands; the second gets it when the lock is over.
  dies() {
    worker("dying", { lockDuration: 1500, maxTasks: 1 }, async (client, workerId, { task }) => {
      client.stop();
      seen.push({ worker: workerId, no: task.businessKey, what: "dies", at: Date.now() });
      worker("heir", {}, async (_, heir, { task: again, taskService }) => {
        await taskService.complete(again);
        note(heir, again, "complete");
      });
    });
    return [];
  },
  // One long poll is open before there is anything.
  long() {
    return [worker("patient", { asyncResponseTimeout: 15000 }, async (_, workerId, { task, taskService }) => {
      await taskService.complete(task);
      note(workerId, task, "complete");
    })];
  },
};

console.error("ready");
modes[mode]();
setInterval(() => {
  if (seen.filter((s) => s.what !== "dies").length >= wanted) setTimeout(finish, 300);
  if (Date.now() - began > 40000) finish();
}, 20);
