export type DecimalMark = '.' | ',';

/**
 * The number in a text such as `1,234.50`, `R$ 100`, `1.234,50` (decimal mark `,`). Undefined where the text is no
 * number, is negative, or groups its digits in another way than by threes.
 */
export function readNumber(text: string, decimal: DecimalMark = '.'): number | undefined {
  const bare = text.replace(/^[\p{Sc}A-Za-z\s]+|[\p{Sc}A-Za-z\s]+$/gu, '');
  const plain = decimal === ',' ? bare.replace(/[.,]/g, (mark) => (mark === ',' ? '.' : ',')) : bare;
  if (!/^(\d+|\d{1,3}([, ]\d{3})+)(\.\d+)?$/.test(plain)) return undefined;
  return Number(plain.replace(/[, ]/g, ''));
}

/** The lower end of a range such as `201-500`, `1,001 – 5,000` or `10,000+`; a single number is its own. */
export function readLowerEnd(text: string, decimal: DecimalMark = '.'): number | undefined {
  const [low = '', high, ...more] = text.replace(/\+$/, '').split(/\s*[-–]\s*|\s+to\s+/);
  if (more.length > 0 || (high !== undefined && readNumber(high, decimal) === undefined)) return undefined;
  return readNumber(low, decimal);
}
