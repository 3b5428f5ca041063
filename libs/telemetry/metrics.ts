import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from a cached read to a batch import. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface RequestSample {
  readonly method: string;
  /** the route's template, never the address: a label must have few values */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** The metrics of one process, in its own registry so that two can live side by side in a test. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'baton_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [this.#registry],
  });

  readonly contentType = this.#registry.contentType;

  /** Process, garbage collection and event-loop metrics; once per process, as they start timers of their own. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  observeRequest({ method, route, status, seconds }: RequestSample): void {
    this.#requests.observe({ method, route, status }, seconds);
  }

  /** A gauge that is read when the metrics are: `read` gives its value now. Names are `baton_` and snake case. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      async collect() {
        this.set(await read());
      },
    });
  }

  /** A counter; each label must have few values, and none a person's. */
  counter<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  /** A histogram of seconds, with the same buckets as the requests. */
  histogram<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Histogram<Label> {
    return new Histogram({
      name,
      help,
      labelNames: [...labelNames],
      buckets: DURATION_BUCKETS,
      registers: [this.#registry],
    });
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
