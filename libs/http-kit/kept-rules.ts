import {
  getMetadataStorage,
  ValidationTypes,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';

interface Rule {
  readonly constraint: ValidatorConstraintInterface;
  readonly constraints: ValidationArguments['constraints'];
  readonly each: boolean;
}

/** What a class says of one of its members. */
interface MemberRules {
  /** where one does not hold, the member is not looked at */
  readonly conditions: readonly ((object: object, value: unknown) => boolean)[];
  readonly rules: readonly Rule[];
  readonly nested: boolean;
}

type ClassRules = ReadonlyMap<string, MemberRules>;

const known = new Map<unknown, ClassRules | undefined>();

/**
 * Whether an object keeps all the rules of its class and has no other members: class-validator's own rules, without the
 * errors that it makes for each member beforehand, which is most of its time. `false` may also mean that the class has
 * rules of a kind that is not known here: class-validator then has the word.
 */
export function keepsRules(object: object): boolean {
  const rules = rulesOf(object.constructor);
  if (rules === undefined) return false;
  for (const name of Object.keys(object)) if (!rules.has(name)) return false;
  for (const [name, member] of rules) {
    if (!keeps(object, name, (object as Readonly<Record<string, unknown>>)[name], member)) return false;
  }
  return true;
}

function keeps(object: object, property: string, value: unknown, { conditions, rules, nested }: MemberRules): boolean {
  for (const condition of conditions) if (!condition(object, value)) return true;
  for (const { constraint, constraints, each } of rules) {
    const said = { targetName: object.constructor.name, property, object, value, constraints };
    // Strictly true: a promise is for class-validator to wait for.
    const holds = (one: unknown): boolean => constraint.validate(one, said) === true;
    if (!(each && Array.isArray(value) ? value.every(holds) : holds(value))) return false;
  }
  if (!nested || value === undefined) return true;
  return Array.isArray(value) ? value.every(keepsItsOwn) : keepsItsOwn(value);
}

const keepsItsOwn = (value: unknown): boolean => typeof value === 'object' && value !== null && keepsRules(value);

function rulesOf(target: unknown): ClassRules | undefined {
  if (!known.has(target)) known.set(target, typeof target === 'function' ? readRules(target) : undefined);
  return known.get(target);
}

/** A class's rules do not change once it is loaded. */
function readRules(target: NewableFunction): ClassRules | undefined {
  const storage = getMetadataStorage();
  const stated = storage.getTargetValidationMetadatas(target, '', false, false);
  if (stated.length === 0) return undefined;
  const members = new Map<
    string,
    { conditions: MemberRules['conditions'][number][]; rules: Rule[]; nested: boolean }
  >();
  for (const { propertyName, type, constraintCls, constraints, each, validateIf } of stated) {
    const member = members.get(propertyName) ?? { conditions: [], rules: [], nested: false };
    members.set(propertyName, member);
    if (validateIf !== undefined) return undefined;
    switch (type) {
      case ValidationTypes.CONDITIONAL_VALIDATION:
        member.conditions.push(constraints[0] as MemberRules['conditions'][number]);
        break;
      case ValidationTypes.NESTED_VALIDATION:
        member.nested = true;
        break;
      case ValidationTypes.IS_DEFINED:
      case ValidationTypes.CUSTOM_VALIDATION:
        for (const { instance } of storage.getTargetValidatorConstraints(constraintCls))
          member.rules.push({ constraint: instance, constraints, each });
        break;
      case ValidationTypes.WHITELIST:
        break;
      default:
        return undefined;
    }
  }
  return members;
}
