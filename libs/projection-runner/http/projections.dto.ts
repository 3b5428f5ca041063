import { IsBoolean, IsOptional, Matches } from 'class-validator';

export class RebuildDto {
  /** true: it does not take over by itself, but when it is promoted. @example true */
  @IsOptional()
  @IsBoolean()
  held?: boolean;
}

export class BuildDto {
  /** @example lead-card.1.2 */
  @Matches(/^[a-z][a-z-]{0,63}\.\d{1,9}\.\d{1,9}$/, { message: 'must be a build, as the list of builds names it' })
  build!: string;
}
