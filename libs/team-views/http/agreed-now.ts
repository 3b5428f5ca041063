import type { AgreementContent } from '../../agreements/agreement-content.js';
import { isoTime, type Clock } from '../../decider/clock.js';
import type { Silence } from '../card-filter.js';
import { DAY_MS } from '../card-standing.js';
import type { StandingMoment } from '../standing-filters.js';

/** The agreement in force at a time (ISO 8601), or the shipped one. */
export type AgreementAt = (time: string) => Pick<AgreementContent, 'hygieneDays' | 'nurture'>;

/** The limits that the teams agreed on, as times before now. */
export class AgreedNow {
  constructor(
    private readonly agreementAt: AgreementAt,
    readonly clock: Clock,
  ) {}

  /** ISO 8601 UTC, so many days ago. */
  daysAgo(days: number): string {
    return isoTime(this.clock() - days * DAY_MS);
  }

  hygiene(): { readonly days: number; readonly since: string } {
    const { hygieneDays: days } = this.agreementAt(this.daysAgo(0));
    return { days, since: this.daysAgo(days) };
  }

  /** @param olderThanDays what standing still means */
  moment(olderThanDays: number): StandingMoment {
    const now = this.clock();
    return {
      now,
      at: isoTime(now),
      hygieneSince: this.hygiene().since,
      silence: this.silence(),
      standsSince: isoTime(now - olderThanDays * DAY_MS),
    };
  }

  silence(): Silence {
    const at = this.daysAgo(0);
    return { at, withoutTrackSince: this.daysAgo(this.agreementAt(at).nurture.maximumSilenceDays) };
  }
}
