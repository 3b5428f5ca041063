import { Module, type DynamicModule } from '@nestjs/common';

/** What a process consists of. */
@Module({})
export class RootModule {
  static of(...imports: readonly DynamicModule[]): DynamicModule {
    return { module: RootModule, imports: [...imports] };
  }
}
