import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  validateSync,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
} from 'class-validator';
import fc from 'fast-check';
import { keepsRules } from './kept-rules.js';

class Part {
  @IsString()
  @MaxLength(3)
  text!: string;
}

class Base {
  @IsOptional()
  @IsIn(['a', 'b'])
  letter?: string;

  @ValidateIf((_, value) => value !== null)
  @IsInt()
  number!: number | null;
}

class Whole extends Base {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(2)
  @Matches(/^[a-z]$/, { each: true })
  codes?: string[];

  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => Part)
  part!: Part;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts?: Part[];
}

class OfAnotherKind {
  @ValidatePromise()
  later!: Promise<string>;
}

const anything = fc.oneof(
  fc.constantFrom(null, undefined, 0, 1.5, true, '', 'a', 'abcd', {}, [], [null], [{ text: 'a' }], ['a'], ['A']),
  fc.record({ text: fc.constantFrom('abc', 'abcd', 1, undefined) }, { requiredKeys: [] }),
);
/** Mostly right, so that each member is wrong by itself often enough. */
const plain = fc.record(
  {
    letter: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('a', 'b', undefined, null) }, anything),
    number: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(1, null) }, anything),
    codes: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(['a'], ['a', 'b'], undefined) }, anything),
    part: fc.oneof({ weight: 4, arbitrary: fc.constant({ text: 'abc' }) }, anything),
    parts: fc.oneof({ weight: 4, arbitrary: fc.constantFrom([{ text: 'a' }, { text: '' }], [], undefined) }, anything),
    stranger: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, anything),
  },
  { requiredKeys: ['number', 'part'] },
);
const OPTIONS = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };

describe('the rules of a DTO', () => {
  it('are kept exactly where class-validator finds no fault', () => {
    let kept = 0;
    fc.assert(
      fc.property(plain, (value) => {
        const whole = plainToInstance(Whole, value);
        const isKept = keepsRules(whole);
        kept += Number(isKept);
        expect(isKept).toBe(validateSync(whole, OPTIONS).length === 0);
      }),
      { numRuns: 2_000 },
    );
    expect(kept).toBeGreaterThan(20);
  });

  it('are left to class-validator where there are none, or some of a kind that is not known', () => {
    expect(keepsRules({})).toBe(false);
    expect(keepsRules(plainToInstance(OfAnotherKind, { later: 'x' }))).toBe(false);
  });
});
