import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { Matches, ValidateBy } from 'class-validator';
import { UUID } from '../../ids/uuid.js';
import { A_PHONE, AN_EMAIL, canBeEmail, canBePhone } from '../../personal-data/addresses.js';

/** `code`, `opaqueId` and the like, as the event shapes have them; here they say it to the caller. */
export const IsCode = (options: { each?: boolean } = {}) =>
  matching(/^[a-z0-9][a-z0-9_.:+-]{0,63}$/, 'a code: lower-case letters, digits and _ . : + -, at most 64', options);
export const IsOpaqueId = () =>
  matching(/^[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}$/, 'an opaque id: letters, digits and _ . : | -, at most 128, no @');
export const IsUuid = (options: { each?: boolean } = {}) => matching(UUID, 'a UUID in lower case', options);

export const IsEmailAddress = () => address('isEmailAddress', canBeEmail, AN_EMAIL);
export const IsTelephoneNumber = () => address('isTelephoneNumber', canBePhone, A_PHONE);

function address(name: string, canBe: (typed: string) => boolean, what: string) {
  const validate = (value: unknown): boolean => typeof value === 'string' && canBe(value);
  return ValidateBy({ name, validator: { validate, defaultMessage: () => `must be ${what}` } });
}

function matching(pattern: RegExp, rule: string, options: { each?: boolean } = {}) {
  return Matches(pattern, { ...options, message: `must be ${rule}` });
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const NORMAL = /^(20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An ISO 8601 time with its zone; stored in UTC with milliseconds. A day that does not exist is refused. */
export const IsInstant = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => normalInstant(value)),
    Matches(NORMAL, { message: 'must be an ISO 8601 time with zone, in the years 2000 to 2199' }),
  );

function normalInstant(value: unknown): unknown {
  if (typeof value !== 'string' || !INSTANT.test(value)) return value;
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds)) return value;
  // Date.parse rolls some impossible days over into the next month: the day that was written must come back.
  const offset = Date.parse(`${value.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(offset) || new Date(offset).toISOString().slice(0, 10) !== value.slice(0, 10)) return value;
  return new Date(milliseconds).toISOString();
}
