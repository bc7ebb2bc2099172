// A worker of a department's own system, as it would run beside a Camunda 7 engine: npm camunda-external-task-client-js 3.1.0.
//   TONGBAN=https://… SYSTEM=tax-arrears PASSWORD=… node worker.mjs
import { BasicAuthInterceptor, Client, Variables, logger } from "camunda-external-task-client-js";

const client = new Client({
  baseUrl: `${process.env.TONGBAN}/engine-rest`,
  interceptors: new BasicAuthInterceptor({ username: process.env.SYSTEM, password: process.env.PASSWORD }),
  asyncResponseTimeout: 20000,
  use: logger,
});

// What the department's own register would say (made up: numbers that end in 7 are not on record).
function arrearsOf(code) {
  return code.endsWith("7") ? null : 0;
}

client.subscribe("tax.arrears", { lockDuration: 60000 }, async ({ task, taskService }) => {
  const arrears = arrearsOf(task.variables.get("code"));
  if (arrears === null) return taskService.handleBpmnError(task, "NO_RECORD", "not on record");
  return taskService.complete(task, new Variables().set("arrears", arrears));
});
