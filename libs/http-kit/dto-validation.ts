import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError, type ValidatorOptions } from 'class-validator';
import { jsonPointer } from './json-pointer.js';
import { keepsRules } from './kept-rules.js';
import { malformed, ProblemException } from './problem-exception.js';
import type { FieldError } from './problem.js';

/** Enough to mend a form; a batch of 500 bad rows must not answer with a megabyte. */
const MOST_ERRORS = 50;

class InvalidDto extends Error {
  constructor(readonly faults: readonly ValidationError[]) {
    super('invalid DTO');
  }
}

/**
 * The validation of every DTO: unknown members are refused, nothing is converted, and messages hold no values. What
 * fails is a 400 problem that names each field, by JSON pointer in the body and by name elsewhere.
 */
@Injectable()
export class DtoValidation extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      transformOptions: { enableImplicitConversion: false },
      validationError: { target: false, value: false },
      exceptionFactory: (faults) => new InvalidDto(faults),
    });
    rememberRules();
  }

  /** Most of what comes keeps the rules, and costs a quarter of what finding faults does. */
  protected override validate(
    object: object,
    options?: ValidatorOptions,
  ): Promise<ValidationError[]> | ValidationError[] {
    return keepsRules(object) ? [] : super.validate(object, options);
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (fault) {
      if (fault instanceof InvalidDto) throw problemOfFaults(fault.faults, metadata.type);
      throw fault;
    }
  }
}

/**
 * class-validator looks through the rules of all classes, for inherited ones, at each object that it validates. A
 * class's rules do not change once it is loaded, and we use no groups: looking once is enough.
 */
function rememberRules(): void {
  const storage = getMetadataStorage();
  if (Object.hasOwn(storage, 'getTargetValidationMetadatas')) return;
  const look = storage.getTargetValidationMetadatas.bind(storage);
  const known = new Map<unknown, Map<string | undefined, ReturnType<typeof look>>>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    if (groups !== undefined) return look(target, schema, always, strictGroups, groups);
    const ofTarget = known.get(target) ?? new Map<string | undefined, ReturnType<typeof look>>();
    known.set(target, ofTarget);
    const rules = ofTarget.get(schema) ?? look(target, schema, always, strictGroups);
    ofTarget.set(schema, rules);
    return rules;
  };
}

function problemOfFaults(faults: readonly ValidationError[], source: ArgumentMetadata['type']): ProblemException {
  const errors: FieldError[] = [];
  for (const { path, rule } of brokenRules(faults, [])) {
    if (errors.length === MOST_ERRORS) break;
    const place = source === 'query' ? 'query' : source === 'param' ? 'path' : undefined;
    errors.push(place === undefined ? { field: jsonPointer(path), rule } : { field: path.join('.'), rule, in: place });
  }
  return malformed(...errors);
}

function* brokenRules(
  faults: readonly ValidationError[],
  parents: readonly string[],
): Generator<{ readonly path: readonly string[]; readonly rule: string }> {
  for (const fault of faults) {
    const path = [...parents, fault.property];
    // Decorators apply from the bottom: reversed, the rules come in the order in which the DTO states them.
    for (const [name, message] of telling(Object.entries(fault.constraints ?? {}).reverse())) {
      yield { path, rule: SAID_HERE[name] ?? withoutName(message, fault.property) };
    }
    yield* brokenRules(fault.children ?? [], path);
  }
}

/** What class-validator says in its own words only. */
const SAID_HERE: Readonly<Record<string, string>> = {
  whitelistValidation: 'is not a known member',
  isDefined: 'is required',
  isNumber: 'must be a number',
};
/** A value of another kind breaks these too, but they say nothing more. */
const OF_NUMBERS = ['min', 'max'];

/** Of the broken rules of one member those from which one sees what to mend. */
function telling(
  broken: readonly (readonly [name: string, message: string])[],
): readonly (readonly [string, string])[] {
  const names = broken.map(([name]) => name);
  if (names.includes('isDefined')) return broken.filter(([name]) => name === 'isDefined');
  const noNumber = names.includes('isInt') || names.includes('isNumber');
  const shown = broken.filter(([name]) => name !== 'nestedValidation' && !(noNumber && OF_NUMBERS.includes(name)));
  return shown.length > 0 ? shown : broken;
}

/** class-validator's messages begin with the property's name, which `field` already gives. */
const withoutName = (message: string, property: string): string =>
  message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
