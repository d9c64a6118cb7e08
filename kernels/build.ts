/**
 * Compiles the AssemblyScript kernels: every `kernels/<operation>/wasm.ts`, once for each target of asconfig.json.
 *
 * The result is written twice, as `build/<target>.wasm` to look at and as `build/<target>.js`, a module that holds
 * the same bytes in base64, so that Node and a browser load kernels alike, without reading a file.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { generateSingleChannel } from './conv2d/singleChannel/generate.ts';
import { generateWinograd } from './conv2d/winograd/generate.ts';
import { generateWinogradLines } from './conv2d/winograd/generateLines.ts';
import { generateTiles } from './gemm/generate.ts';
import { TILES } from './gemm/tiles.ts';

const root = join(import.meta.dirname, '..');
const build = join(import.meta.dirname, 'build');

writeFileSync(join(import.meta.dirname, 'gemm', 'tiles.generated.wasm.ts'), generateTiles(TILES));
writeFileSync(
  join(import.meta.dirname, 'conv2d', 'winograd', 'transforms.generated.wasm.ts'),
  generateWinograd(),
);
writeFileSync(
  join(import.meta.dirname, 'conv2d', 'winograd', 'lines.generated.wasm.ts'),
  generateWinogradLines(),
);

writeFileSync(
  join(import.meta.dirname, 'conv2d', 'singleChannel', 'tiles.generated.wasm.ts'),
  generateSingleChannel(),
);

writeShaders();

const entries = readdirSync(import.meta.dirname)
  .map((folder) => `kernels/${folder}/wasm.ts`)
  .filter((entry) => existsSync(join(root, entry)));

mkdirSync(build, { recursive: true });
const { targets } = JSON.parse(readFileSync(join(root, 'asconfig.json'), 'utf8'));
for (const target of Object.keys(targets)) {
  const { error, stderr } = await asc.main([...entries, '--baseDir', root, '--target', target]);
  if (error) {
    process.stderr.write(
      `${stderr.toString()}\nkernels/build.ts: ${target} did not compile: ${error.message}\n`,
    );
    process.exit(1);
  }
  const bytes = readFileSync(join(build, `${target}.wasm`));
  writeFileSync(join(build, `${target}.js`), `export default '${bytes.toString('base64')}';\n`);
  writeFileSync(join(build, `${target}.d.ts`), 'declare const base64: string;\nexport default base64;\n');
  process.stdout.write(`kernels/build/${target}.wasm: ${bytes.length} bytes\n`);
}

/** All `kernels/<operation>/*.wgsl` as one module, so that Node and a browser get shaders alike: `SHADERS['pool/webgpu']`. */
function writeShaders(): void {
  const names = readdirSync(import.meta.dirname)
    .flatMap((folder) =>
      existsSync(join(import.meta.dirname, folder, 'webgpu.wgsl')) ? [`${folder}/webgpu`] : [],
    )
    .sort();
  const entries = names.map((name) => {
    const code = bare(readFileSync(join(import.meta.dirname, `${name}.wgsl`), 'utf8'));
    return `  ${JSON.stringify(name)}: ${JSON.stringify(code)},\n`;
  });
  writeFileSync(
    join(import.meta.dirname, 'shaders.generated.ts'),
    `// Written by kernels/build.ts when the kernels are built.\nexport const SHADERS: Record<string, string> = {\n${entries.join('')}};\n`,
  );
}

/** A shader without comments and indentation, which pages would only carry about; WGSL has no strings that hold either. */
function bare(code: string): string {
  const lines = code.split('\n').map((line) => line.replace(/\/\/.*/, '').trim());
  return lines.filter((line) => line !== '').join('\n');
}
