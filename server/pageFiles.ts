/**
 * The files of the page, which Vite has built, in memory.
 *
 * Only files that were found in the folder can be asked for, by their exact paths, so no path leads out of it. Files
 * are compressed when they are first asked for. A build that is made while the server runs is noticed by its index.html.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.safetensors': 'application/octet-stream',
};
const COMPRESSIBLE = new Set(['.html', '.css', '.js', '.json', '.webmanifest', '.svg', '.wasm', '.txt']);
const BROTLI_QUALITY = 9;
/** Vite puts a hash of the content into the names of files in this folder. */
const HASHED = /^\/assets\/.*[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const FOR_EVER = 'public, max-age=31536000, immutable';

type Coding = 'br' | 'gzip' | 'identity';

interface PageFile {
  content: Buffer<ArrayBuffer>;
  type: string;
  etag: string;
  caching: string;
  compressed: Map<Coding, Promise<Buffer>>;
}

const compress: Record<Exclude<Coding, 'identity'>, (content: Buffer) => Promise<Buffer>> = {
  br: (content) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: promisify(gzip),
};

export interface FoundFile {
  content: Buffer;
  headers: Record<string, string>;
  etag: string;
}

export class PageFiles {
  readonly #folder: string;
  #files = new Map<string, PageFile>();
  #builtAt = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file at a path such as `/assets/main.js`, coded as the client likes it; `/` is the page itself. */
  async find(path: string, acceptEncoding = ''): Promise<FoundFile | undefined> {
    if (path === '/') await this.#notice();
    const file = this.#files.get(path === '/' ? '/index.html' : path);
    if (!file) return undefined;
    const coding = this.#codingFor(path, file, acceptEncoding);
    const headers: Record<string, string> = {
      'Content-Type': file.type,
      'Cache-Control': file.caching,
      ETag: file.etag,
      Vary: 'Accept-Encoding',
    };
    if (coding === 'identity') return { content: file.content, headers, etag: file.etag };
    let compressed = file.compressed.get(coding);
    if (!compressed) {
      compressed = compress[coding](file.content);
      file.compressed.set(coding, compressed);
    }
    return {
      content: await compressed,
      headers: { ...headers, 'Content-Encoding': coding },
      etag: file.etag,
    };
  }

  #codingFor(path: string, { content }: PageFile, accepted: string): Coding {
    if (!COMPRESSIBLE.has(extname(path === '/' ? '.html' : path) || '.html') || content.length < 512)
      return 'identity';
    if (/\bbr\b/.test(accepted)) return 'br';
    return /\bgzip\b/.test(accepted) ? 'gzip' : 'identity';
  }

  /** Reads the folder if its index.html is newer than what is known. */
  async #notice(): Promise<void> {
    const { mtimeMs = 0 } = await stat(join(this.#folder, 'index.html')).catch(() => ({ mtimeMs: 0 }));
    if (mtimeMs === this.#builtAt) return;
    await this.load();
  }

  async load(): Promise<void> {
    const { mtimeMs = 0 } = await stat(join(this.#folder, 'index.html')).catch(() => ({ mtimeMs: 0 }));
    const files = new Map<string, PageFile>();
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isFile())) {
      const file = join(entry.parentPath, entry.name);
      const path = `/${relative(this.#folder, file).split(sep).join('/')}`;
      const content = await readFile(file);
      files.set(path, {
        content,
        type: TYPES[extname(path)] ?? 'application/octet-stream',
        etag: `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
        caching: HASHED.test(path) ? FOR_EVER : 'no-cache',
        compressed: new Map(),
      });
    }
    this.#files = files;
    this.#builtAt = mtimeMs;
  }
}
