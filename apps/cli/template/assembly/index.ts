/** What one task does: greets whom the arguments name, and says which task it is. */
import { args, declareOutput, env, writeText } from "./wasi"

/** Kept apart from the outside world, so that it is easy to change. */
function greet(names: string[], index: string): string {
  return `hello ${names.join(" ")} from task ${index}\n`
}

writeText("result.txt", greet(args(), env("IEXEC_BOT_TASK_INDEX", "0")))
declareOutput("result.txt")
