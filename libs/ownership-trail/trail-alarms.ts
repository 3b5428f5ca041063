import { describeFault } from '../telemetry/fault-description.js';
import type { TrailAlarm, TrailObservation } from './trail-status.js';

/** What a keeper does side by side. */
export type TrailWork = 'sealing' | 'publishing' | 'comparing';
type About = 'sealing' | 'comparing' | 'the end';

/** What is wrong now: alarms, for which somebody must decide, and faults, which are tried again. Each is told once. */
export class TrailAlarms {
  /** by what it is about, so that one does not hide another */
  readonly #alarms = new Map<About, TrailAlarm>();
  readonly #faults = new Map<TrailWork, string>();

  constructor(private readonly observe: (seen: TrailObservation) => void) {}

  /** The oldest that is not over. */
  get alarm(): TrailAlarm | undefined {
    return [...this.#alarms.values()][0];
  }

  /** In one line, without personal data. */
  get fault(): string | undefined {
    return [...this.#faults.values()][0];
  }

  isRaised(about: About): boolean {
    return this.#alarms.has(about);
  }

  raise(about: About, alarm: TrailAlarm): void {
    const before = this.#alarms.get(about);
    this.#alarms.set(about, alarm);
    if (before?.rule !== alarm.rule || before.eventId !== alarm.eventId) this.observe({ kind: 'alarm', alarm });
  }

  over(about: About): void {
    const alarm = this.#alarms.get(about);
    if (alarm === undefined) return;
    this.#alarms.delete(about);
    this.observe({ kind: 'alarm-over', alarm });
  }

  noteFault(at: TrailWork, fault: unknown): void {
    const described = describeFault(fault);
    this.#faults.set(at, `${at}: ${described.message ?? described.code ?? described.name}`);
    this.observe({ kind: 'fault', at, fault: described });
  }

  faultOver(at: TrailWork): void {
    this.#faults.delete(at);
  }
}
