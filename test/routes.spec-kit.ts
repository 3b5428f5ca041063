import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

type Class = abstract new (...parameters: never[]) => object;

/**
 * Every route of every controller in the sources, as `get /leads/{id}`: also those that the API's description leaves out,
 * and those of a controller that no module has.
 */
export async function routesInSources(): Promise<readonly string[]> {
  const libs = join(import.meta.dirname, '../libs');
  const files = (await readdir(libs, { recursive: true })).filter((file) => file.endsWith('.controller.ts'));
  const modules = await Promise.all(files.map((file) => import(join(libs, file)) as Promise<Record<string, unknown>>));
  const controllers = modules.flatMap((module) => Object.values(module)).filter(isController);
  return controllers.flatMap((controller) => methodsOf(controller).flatMap((method) => routeOf(controller, method)));
}

const isController = (value: unknown): value is Class =>
  typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value);

/** Also those of the classes that it extends. */
function methodsOf(controller: Class): object[] {
  const methods: object[] = [];
  for (let at = controller.prototype as object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    const own = Object.values<PropertyDescriptor>(Object.getOwnPropertyDescriptors(at));
    methods.push(...own.flatMap(({ value }) => (typeof value === 'function' ? [value as object] : [])));
  }
  return methods;
}

function routeOf(controller: Class, method: object): string[] {
  const verb = Reflect.getMetadata(METHOD_METADATA, method) as RequestMethod | undefined;
  if (verb === undefined) return [];
  const paths = [controller, method].map((one) => String(Reflect.getMetadata(PATH_METADATA, one)));
  const path = paths.flatMap((part) => part.split('/').filter((step) => step !== ''));
  const steps = path.map((step) => (step === '*' ? '{path}' : step.replace(/^:(.+)$/, '{$1}')));
  return [`${RequestMethod[verb].toLowerCase()} /${steps.join('/')}`];
}
