import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { jsonPointer } from './json-pointer.js';
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
    for (const [name, message] of Object.entries(fault.constraints ?? {}).reverse()) {
      yield {
        path,
        rule: name === 'whitelistValidation' ? 'is not a known member' : withoutName(message, fault.property),
      };
    }
    yield* brokenRules(fault.children ?? [], path);
  }
}

/** class-validator's messages begin with the property's name, which `field` already gives. */
const withoutName = (message: string, property: string): string =>
  message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
