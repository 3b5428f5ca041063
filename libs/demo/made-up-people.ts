import type { SeededRandom } from './seeded-random.js';

const GIVEN =
  'Ada Alina Anton Aylin Ben Bela Carla Cem Clara Dana David Elif Emma Enzo Fatma Felix Finn Greta Hana Hugo Ida Ines Ivo Jana Jonas Kira Lars Lea Levin Lina Luca Maja Malik Mara Mila Nele Nils Noor Oda Ole Paula Pia Rafa Rosa Samir Selma Theo Tilda Uma Vera Wim Yara Zoe'.split(
    ' ',
  );
const FAMILY =
  'Example Sample Muster Probe Beispiel Fiktiv Nobody Someone Placeholder Testa Modell Muestra Esempio Exemplo Voorbeeld Priklad'.split(
    ' ',
  );
const COMPANY =
  'Alder Birch Cedar Drift Ember Falcon Granite Harbor Indigo Juniper Kestrel Lumen Maple North Ocean Pine'.split(' ');
const TRADE = 'Works Foods Freight Parts Tools Labs Glass Paper Motors Homes'.split(' ');
const TITLE = ['Plant manager', 'Head of logistics', 'Buyer', 'Operations lead', 'Assistant', 'Owner'];

/** A person who does not exist, at a domain that nobody can register (RFC 2606). */
export interface MadeUpPerson {
  readonly name: string;
  readonly email: string;
  readonly jobTitle: string;
  readonly companyName: string;
}

/** `number` makes the address theirs alone. */
export function madeUpPerson(random: SeededRandom, number: number): MadeUpPerson {
  const given = random.pick(GIVEN);
  const family = random.pick(FAMILY);
  const tld = random.pick(['com', 'org']);
  return {
    name: `${given} ${family}`,
    email: `${given}.${family}.${number}@example.${tld}`.toLowerCase(),
    jobTitle: random.pick(TITLE),
    companyName: `${random.pick(COMPANY)} ${random.pick(TRADE)}`,
  };
}

/** The same person from another address: to a form, somebody new. */
export const atHome = (person: MadeUpPerson): MadeUpPerson => ({
  ...person,
  email: `private.${person.email.replace(/example\.(com|org)$/, 'example.net')}`,
});
