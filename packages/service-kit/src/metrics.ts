/** Metrics: a registry of a service's own, served at `/metrics` in Prometheus text. */
import type { Hono } from 'hono'
import { Registry } from 'prom-client'

/** A registry whose metrics all carry the service's name. */
export function createMetrics(service: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  return registry
}

/** Adds `GET /metrics` to an app. */
export function serveMetrics(app: Hono, registry: Registry): void {
  app.get('/metrics', async (call) =>
    call.text(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  )
}
