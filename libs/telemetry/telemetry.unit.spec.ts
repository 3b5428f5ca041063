import { PassThrough } from 'node:stream';
import { describeFault } from './fault-description.js';
import { createLogger } from './logger.js';
import { Metrics } from './metrics.js';
import { NestLogger } from './nest-logger.js';

function capture() {
  const sink = new PassThrough();
  const text = () => String(sink.read() ?? '');
  return { sink, text };
}

describe('the log', () => {
  it('is one JSON line each, whatever a value holds', () => {
    const { sink, text } = capture();
    createLogger('test', 'info', sink).info({ name: 'a\n{"level":"fatal"}\r\u0000\u2028' }, 'b\nc');
    const lines = text()
      .split('\n')
      .filter((line) => line !== '');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', service: 'test', msg: 'b\nc' });
  });

  it('holds no authorization, token or body, even where one is handed over', () => {
    const { sink, text } = capture();
    createLogger('test', 'info', sink).info({
      authorization: 'canary',
      request: { headers: { authorization: 'canary' }, body: 'canary', token: 'canary' },
    });
    expect(text()).not.toContain('canary');
  });

  it('takes Nest’s messages, and its faults without their message', () => {
    const { sink, text } = capture();
    const nest = new NestLogger(createLogger('test', 'info', sink));
    nest.log('started', 'NestFactory');
    nest.warn('odd', 'Router');
    nest.error(new Error('canary'), 'Router');
    const lines = text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ level, context, msg }) => [level, context, msg])).toEqual([
      ['warn', 'Router', 'odd'],
      ['error', 'Router', 'fault'],
    ]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });
});

describe('a described fault', () => {
  it('has name, code and frames, without the message, also where it has several lines', () => {
    const fault = Object.assign(new TypeError('canary\n  at canary'), { code: 'E_X' });
    const described = describeFault(fault);
    expect(described).toMatchObject({ name: 'TypeError', code: 'E_X' });
    expect(described.frames.length).toBeGreaterThan(0);
    expect(JSON.stringify(described)).not.toContain('canary');
    expect(describeFault('canary')).toEqual({ name: 'string', frames: [] });
  });
});

describe('metrics', () => {
  it('count requests by route and status, and what modules register', async () => {
    const metrics = new Metrics();
    metrics.observeRequest({ method: 'POST', route: '/leads', status: 201, seconds: 0.004 });
    metrics.gauge('baton_age_seconds', 'Age.', () => 7);
    metrics.counter('baton_things_total', 'Things.', ['kind']).inc({ kind: 'a' });
    const text = await metrics.text();
    expect(text).toContain(
      'baton_http_request_duration_seconds_bucket{le="0.005",method="POST",route="/leads",status="201"} 1',
    );
    expect(text).toContain('baton_age_seconds 7');
    expect(text).toContain('baton_things_total{kind="a"} 1');
  });
});
