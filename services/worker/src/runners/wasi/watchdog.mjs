/**
 * Watchdog: a thread of the child that ends it when the worker is gone.
 *
 * A worker that is killed cannot stop its child, and a child inside an endless loop never hears
 * that its channel closed. This thread does not wait for that loop. It is plain JavaScript because
 * a thread that reads TypeScript takes 12 MB more.
 */
import { workerData } from 'node:worker_threads'

const CHECK_MS = 500

setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}, CHECK_MS)
