import { IsInt, Max, Min } from 'class-validator';

export class ReleaseEventDto {
  /** Of the event at which the stream waits. @example 4 */
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  revision!: number;
}
