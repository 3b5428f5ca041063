import { migrate } from './migrations.js';
import { onEachReadDatabase, openReadDatabase } from './read-database.spec-kit.js';

onEachReadDatabase('a read database of another version', () => {
  it('is refused in one line by a program that knows less, and left as it is', async () => {
    const { database, dispose } = await openReadDatabase();
    const step = async (): Promise<void> => undefined;
    try {
      await database.alone((tx) => migrate(tx, 'views', [step, step]));
      await expect(database.alone((tx) => migrate(tx, 'views', [step]))).rejects.toThrow(
        "the read database's tables of views have version 2, this program knows 1: use the newer program, or remove",
      );
      await database.alone((tx) => migrate(tx, 'views', [step, step]));
    } finally {
      await dispose();
    }
  });
});
