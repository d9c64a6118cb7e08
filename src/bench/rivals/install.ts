/** Getting the rivals that come from the npm registry, into a folder that only the benchmark looks into. */
import { spawn } from 'node:child_process';
import { InklingError } from '../../errors.ts';

/** Runs `npm ci` here: the versions are those of the lock file. What npm prints goes to standard error. */
export async function installRivals(): Promise<void> {
  const args = ['ci', '--no-audit', '--no-fund'];
  const child = spawn('npm', args, {
    cwd: import.meta.dirname,
    stdio: ['ignore', process.stderr, process.stderr],
    // On Windows npm is a batch file, which only a shell starts.
    shell: process.platform === 'win32',
    // Its install script would fetch code for GPUs from elsewhere.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).catch((cause: Error) => {
    throw new InklingError(
      `npm does not start (${cause.message}); the rivals can be left out with --rivals none.`,
      { cause },
    );
  });
  if (code !== 0) {
    throw new InklingError(
      'npm could not install the rivals; see above why, or leave them out with --rivals none.',
    );
  }
}
