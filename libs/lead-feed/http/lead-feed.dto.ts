import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional } from 'class-validator';
import { IsOpaqueId, IsUuid } from '../../lead-commands/http/field-rules.js';
import { LEAD_EVENT_TYPES, type LeadEventType } from '../../lead-lifecycle/lead-events.js';

const MOST_LEADS = 50;
const commaList = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.split(',') : value);

export class LeadFeedQuery {
  /** Only these types, comma-separated. @example LeadWon,LeadLost */
  @IsOptional()
  @Transform(commaList)
  @IsIn(LEAD_EVENT_TYPES, { each: true })
  type?: LeadEventType[];

  /** Only these leads, comma-separated, at most 50. */
  @IsOptional()
  @Transform(commaList)
  @ArrayMaxSize(MOST_LEADS)
  @IsUuid({ each: true })
  lead?: string[];

  /** Only leads that this team stewards, is offered, works or once worked. @example north-sales */
  @IsOptional()
  @IsOpaqueId()
  team?: string;

  /** Where to begin without Last-Event-ID. */
  @IsOptional()
  @IsIn(['now', 'start'])
  from: 'now' | 'start' = 'now';
}
