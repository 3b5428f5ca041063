import { eventStoreContract } from './event-store.contract.spec-kit.js';
import { openSqliteStore } from './sqlite-store.spec-kit.js';

eventStoreContract('sqlite', () => openSqliteStore());
