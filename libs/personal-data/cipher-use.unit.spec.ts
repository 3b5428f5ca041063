import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CIPHERS = /create(C|Dec)ipheriv|webcrypto|crypto\.subtle/;
const own = join('personal-data', 'aes-gcm.ts');

describe('the cipher functions', () => {
  it('are imported by one module only', () => {
    const using = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(ts|mjs)$/.test(path) && !/\.spec(-kit)?\.ts$/.test(path))
        .filter((path) => CIPHERS.test(readFileSync(join(folder, path), 'utf8'))),
    );
    expect(using).toEqual([own]);
  });
});
