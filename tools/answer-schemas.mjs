import ts from 'typescript';

/**
 * JSON Schemas, as OpenAPI 3.0 has them, of what JSON makes of values of TypeScript types. Types with a name of their own
 * are gathered in `named` and referred to.
 */
export class AnswerSchemas {
  /** @type {Map<string, { readonly symbol: ts.Symbol, schema: object }>} */
  #named = new Map();
  /** @type {ts.TypeChecker} */
  #checker;

  /** @param {ts.TypeChecker} checker */
  constructor(checker) {
    this.#checker = checker;
  }

  /** By name, in the order of names. */
  get named() {
    const sorted = [...this.#named].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, { schema }]) => [name, schema]));
  }

  /**
   * @param {ts.Type} type
   * @returns {object}
   */
  of(type) {
    const symbol = this.#ownName(type);
    if (!symbol) return this.#spelledOut(type);
    const known = this.#named.get(symbol.name);
    if (known && known.symbol !== symbol) throw new Error(`two types of answers are named ${symbol.name}: rename one`);
    if (!known) {
      const entry = { symbol, schema: {} };
      this.#named.set(symbol.name, entry);
      entry.schema = { ...this.#described(symbol), ...this.#spelledOut(type) };
    }
    return { $ref: `#/components/schemas/${symbol.name}` };
  }

  /**
   * The name of an interface, a class or an alias of this project that stands for one type only.
   *
   * @param {ts.Type} type
   */
  #ownName(type) {
    const symbol = type.aliasSymbol ?? (type.flags & ts.TypeFlags.Object ? type.symbol : undefined);
    const isNamed =
      symbol && symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.TypeAlias);
    if (!isNamed || type.aliasTypeArguments?.length) return undefined;
    if (!type.aliasSymbol && this.#checker.getTypeArguments(/** @type {ts.TypeReference} */ (type)).length > 0)
      return undefined;
    const foreign = symbol.declarations?.some((one) => one.getSourceFile().fileName.includes('/node_modules/'));
    return foreign ? undefined : symbol;
  }

  /**
   * @param {ts.Type} type
   * @returns {object}
   */
  #spelledOut(type) {
    const { flags } = type;
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.isUnion()) return this.#union(type.types);
    // A string with a brand of its own.
    const plain = type.isIntersection() && type.types.find((one) => one.flags & ts.TypeFlags.StringLike);
    if (plain) return this.of(plain);
    if (type.isStringLiteral()) return { type: 'string', enum: [type.value] };
    if (type.isNumberLiteral()) return { type: 'number', enum: [type.value] };
    if (flags & ts.TypeFlags.BooleanLiteral)
      return { type: 'boolean', enum: [this.#checker.typeToString(type) === 'true'] };
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (this.#checker.isTupleType(type)) return this.#tuple(/** @type {ts.TypeReference} */ (type));
    if (this.#checker.isArrayType(type)) {
      const [item] = this.#checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
      return { type: 'array', items: item ? this.of(item) : {} };
    }
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive))
      return this.#object(type);
    throw new Error(`no answer can hold a ${this.#checker.typeToString(type)}`);
  }

  /** @param {readonly ts.Type[]} types */
  #union(types) {
    const given = types.filter(({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)));
    const values = given.filter(({ flags }) => !(flags & ts.TypeFlags.Null));
    const nullable = values.length < given.length ? { nullable: true } : {};
    /** @type {object[]} */
    const options = [];
    const strings = values.flatMap((one) => (one.isStringLiteral() ? [one.value] : []));
    if (strings.length > 0) options.push({ type: 'string', enum: strings.sort() });
    const numbers = values.flatMap((one) => (one.isNumberLiteral() ? [one.value] : []));
    if (numbers.length > 0) options.push({ type: 'number', enum: numbers.sort((a, b) => a - b) });
    const booleans = values.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral);
    if (booleans.length === 2) options.push({ type: 'boolean' });
    const others = values.filter((one) => !one.isLiteral() && (booleans.length < 2 || !booleans.includes(one)));
    options.push(...others.map((one) => this.of(one)));
    const [first] = options;
    if (options.length !== 1 || !first) return { anyOf: options, ...nullable };
    return '$ref' in first && 'nullable' in nullable ? { allOf: [first], ...nullable } : { ...first, ...nullable };
  }

  /** @param {ts.TypeReference} type */
  #tuple(type) {
    const items = this.#checker.getTypeArguments(type).map((one) => this.of(one));
    const target = /** @type {ts.TupleType} */ (type.target);
    const most = target.combinedFlags & ts.ElementFlags.Variable ? {} : { maxItems: items.length };
    return { type: 'array', items: { anyOf: items }, minItems: target.minLength, ...most };
  }

  /** @param {ts.Type} type */
  #object(type) {
    const checker = this.#checker;
    const properties = checker.getPropertiesOfType(type).flatMap((property) => {
      const is = checker.getTypeOfSymbol(property);
      // JSON leaves out what can be called, and what is private.
      if (is.getCallSignatures().length > 0 || property.name.startsWith('__')) return [];
      const of = this.of(is);
      const described = this.#described(property);
      const schema =
        '$ref' in of && 'description' in described ? { allOf: [of], ...described } : { ...described, ...of };
      const mayLack = is.isUnion() && is.types.some(({ flags }) => flags & ts.TypeFlags.Undefined);
      return [{ name: property.name, schema, required: !mayLack }];
    });
    const required = properties.flatMap(({ name, required }) => (required ? [name] : []));
    const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    return {
      type: 'object',
      ...(properties.length > 0 && {
        properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])),
      }),
      ...(required.length > 0 && { required }),
      ...(index && { additionalProperties: this.of(index.type) }),
    };
  }

  /** What the sources' own comment says. @param {ts.Symbol} symbol */
  #described(symbol) {
    const description = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).trim();
    const example = symbol.getJsDocTags(this.#checker).find(({ name }) => name === 'example')?.text;
    return { ...(description && { description }), ...(example && { example: ts.displayPartsToString(example) }) };
  }
}
