/** `/openapi.json` for programs and `/docs` for people, both from the same schema. */
import { html } from 'hono/html';
import packageFile from '../../package.json' with { type: 'json' };
import type { App, Services } from '../services.ts';
import { DOCS_STYLE } from './docsStyle.ts';

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  format?: string;
  description?: string;
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
}

interface Document {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

const DESCRIPTION =
  'Reads handwritten digits in pictures. Each browser, or program that keeps its cookie, sees only what it sent itself. ' +
  'Errors are problem details (RFC 9457). Times are in milliseconds.';

export function addDocs(app: App, { configuration }: Services): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'administrator', {
    type: 'http',
    scheme: 'bearer',
    description: 'The administrator’s token',
  });
  let document: Document | undefined;
  const describe = (): Document => {
    document ??= app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Inkling',
        version: packageFile.version,
        description: DESCRIPTION,
        license: { name: packageFile.license },
      },
      servers: [{ url: configuration.basePath ?? '/' }],
    }) as unknown as Document;
    return document;
  };
  app.get('/openapi.json', (c) => c.json(describe(), 200, { 'Cache-Control': 'no-cache' }));
  app.get('/docs', (c) => c.html(docsPage(describe()), 200, { 'Cache-Control': 'no-cache' }));
  app.get('/docs.css', (c) =>
    c.body(DOCS_STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'no-cache' }),
  );
}

function docsPage({ info, paths, components }: Document) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags ?? []))];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} ${info.version}: interface for programs</title>
<link rel="stylesheet" href="docs.css">
</head>
<body>
<main>
<h1>${info.title} ${info.version}</h1>
<p>${info.description}</p>
<p><a href="openapi.json">The same for programs</a> (OpenAPI 3.1). To try it: <code>curl -F image=@seven.png http://localhost:3000/api/v1/predict</code></p>
${tags.map((tag) => html`<h2>${tag}</h2>${operations.filter(({ operation }) => operation.tags?.includes(tag)).map(operationSection)}`)}
<h2>Data</h2>
${Object.entries(components?.schemas ?? {}).map(([name, schema]) => html`<h3 id="${name}">${name}</h3>${fieldsTable(schema)}`)}
</main>
</body>
</html>`;
}

function operationSection({
  path,
  method,
  operation,
}: {
  path: string;
  method: string;
  operation: Operation;
}) {
  const { summary, description, security, parameters = [], requestBody, responses = {} } = operation;
  return html`<section>
<h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></h3>
<p>${summary}.${security ? ' For administrators only.' : ''} ${description ?? ''}</p>
${
  parameters.length > 0
    ? html`<table><caption>Parameters</caption>
${parameters.map(
  (
    parameter,
  ) => html`<tr><th scope="row"><code>${parameter.name}</code></th><td>${parameter.in}${parameter.required ? ', required' : ''}</td>
<td>${typeName(parameter.schema)}</td><td>${parameter.description ?? parameter.schema?.description ?? ''}</td></tr>`,
)}</table>`
    : ''
}
${
  requestBody
    ? html`<table><caption>Body</caption>${Object.entries(requestBody.content ?? {}).map(
        ([type, { schema }]) =>
          html`<tr><th scope="row"><code>${type}</code></th><td>${typeName(schema)}</td></tr>`,
      )}</table>`
    : ''
}
<table><caption>Answers</caption>
${Object.entries(responses).map(
  ([status, response]) => html`<tr><th scope="row">${status}</th><td>${response.description}</td>
<td>${Object.entries(response.content ?? {}).map(([type, { schema }]) => html`<code>${type}</code> ${typeName(schema)}`)}</td></tr>`,
)}</table>
</section>`;
}

function fieldsTable({ properties = {}, required = [] }: Schema) {
  return html`<table>${Object.entries(properties).map(
    ([
      name,
      schema,
    ]) => html`<tr><th scope="row"><code>${name}</code></th><td>${typeName(schema)}${required.includes(name) ? '' : ', optional'}</td>
<td>${schema.description ?? ''}</td></tr>`,
  )}</table>`;
}

type Html = ReturnType<typeof html> | string;

function typeName(schema: Schema | undefined): Html {
  if (!schema) return '';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return html`<a href="#${name}">${name}</a>`;
  }
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.anyOf) {
    const kinds = schema.anyOf.map(typeName);
    return html`${kinds.map((kind, i) => html`${i > 0 ? ' or ' : ''}${kind}`)}`;
  }
  if (schema.type === 'array') return html`list of ${typeName(schema.items) || 'values'}`;
  if (schema.type === 'object' && schema.properties)
    return `fields ${Object.keys(schema.properties).join(', ')}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
  return schema.format ? `${type} (${schema.format})` : type;
}
