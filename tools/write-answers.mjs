import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { AnswerSchemas } from './answer-schemas.mjs';

/**
 * Writes what each route answers, from the type that its method returns: `node tools/write-answers.mjs FILE`. The API's
 * description takes it from there (libs/http-kit/openapi.ts), so that no answer is described twice.
 */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: write-answers FILE');
const ROUTES = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete']);

const root = fileURLToPath(new URL('..', import.meta.url));
const config = ts.getParsedCommandLineOfConfigFile(
  `${root}tsconfig.build.json`,
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '));
    },
  },
);
if (!config) throw new Error('there is no tsconfig.build.json');
const controllers = config.fileNames.filter((name) => name.endsWith('.controller.ts'));
const program = ts.createProgram(controllers, config.options);
const checker = program.getTypeChecker();
const schemas = new AnswerSchemas(checker);
/** By the operation's id, which Nest makes of the names of class and method. @type {Record<string, object>} */
const operations = {};
for (const name of controllers.sort()) {
  for (const controller of program.getSourceFile(name)?.statements.filter(ts.isClassDeclaration) ?? []) {
    for (const method of routesOf(controller)) {
      const signature = checker.getSignatureFromDeclaration(method);
      const answer = signature && checker.getAwaitedType(signature.getReturnType());
      // What writes its answer by itself says beside itself what that is.
      if (!answer || answer.flags & ts.TypeFlags.Void) continue;
      operations[`${controller.name?.text}_${method.name.getText()}`] = schemas.of(answer);
    }
  }
}
writeFileSync(file, `${JSON.stringify({ operations, schemas: schemas.named }, null, 2)}\n`);

/**
 * Also those that it has from a class it extends.
 *
 * @param {ts.ClassDeclaration} controller
 */
function routesOf(controller) {
  const decorators = decoratorsOf(controller);
  if (!decorators.includes('Controller') || decorators.includes('ApiExcludeController')) return [];
  return checker.getPropertiesOfType(checker.getTypeAtLocation(controller)).flatMap(({ valueDeclaration: method }) => {
    if (!method || !ts.isMethodDeclaration(method)) return [];
    return decoratorsOf(method).some((decorator) => ROUTES.has(decorator)) ? [method] : [];
  });
}

/**
 * @param {ts.Node} node
 * @returns {string[]}
 */
function decoratorsOf(node) {
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return decorators.flatMap(({ expression }) =>
    ts.isCallExpression(expression) ? [expression.expression.getText()] : [],
  );
}
