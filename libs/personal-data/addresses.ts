const MOST_EMAIL_CHARACTERS = 320;
/** Too short to be one person's: an extension, or a part of a number. */
const FEWEST_DIGITS_TO_BE_KNOWN_BY = 7;
const FEWEST_DIGITS = 5;
/** E.164 */
const MOST_DIGITS = 15;
const EXTENSION = /\s*(?:x|ext\.?)\s*\d{1,6}$/i;

export const AN_EMAIL = 'an e-mail address';
export const A_PHONE = `a telephone number: ${FEWEST_DIGITS} to ${MOST_DIGITS} digits, not all the same, with + ( ) . - / and blanks, perhaps an extension such as x12`;

/** What can be written to; what cannot is not kept as a person's address. */
export const canBeEmail = (typed: string): boolean => normalEmail(typed) !== undefined;

/** What can be dialled, in whatever way it is written. */
export function canBePhone(typed: string): boolean {
  const digits = digitsOf(typed.normalize('NFKC').trim().replace(EXTENSION, ''));
  return digits !== undefined && digits.length >= FEWEST_DIGITS;
}

/** NFKC, lower case, no blanks around; undefined where it is no address. What follows a plus is kept. */
export function normalEmail(typed: string): string | undefined {
  // Lower-casing can decompose a letter (the dotted capital I), hence NFKC on both sides of it.
  const email = typed.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
  if (email.length > MOST_EMAIL_CHARACTERS) return undefined;
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined;
}

/** The digits, after a plus where one was typed first; undefined where they are not one person's number. */
export function normalPhone(typed: string): string | undefined {
  const phone = typed.normalize('NFKC').trim();
  const digits = digitsOf(phone);
  if (digits === undefined || digits.length < FEWEST_DIGITS_TO_BE_KNOWN_BY) return undefined;
  return phone.startsWith('+') ? `+${digits}` : digits;
}

function digitsOf(phone: string): string | undefined {
  if (!/^\+?[\d\s().\-/]*$/.test(phone)) return undefined;
  const digits = phone.replace(/\D/g, '');
  // 0000000 and its like stand for "none" in many a form.
  return digits.length > MOST_DIGITS || /^(\d)\1*$/.test(digits) ? undefined : digits;
}
