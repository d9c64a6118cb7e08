/** Which trials to look at before a study begins, so that what cannot work shows at once and not after hours. */

import { Schedule } from './schedule.ts';
import { gridSize, gridValues, type Parameters, type Value } from './space.ts';
import type { Study } from './study.ts';

/** So many are all looked at. */
const MOST = 500;

/** All trials of a study that names them; otherwise each end and each choice of a dimension, beside the others' first. */
export function probes(study: Study): { name: string; parameters: Parameters }[] {
  const { search } = study;
  if (search.type === 'arms')
    return search.arms.map(({ name, set }) => ({ name: `arm ${name}`, parameters: set }));
  if (search.type === 'grid' && gridSize(search.space) <= MOST) {
    const schedule = new Schedule(study);
    return Array.from({ length: schedule.trials }, (_, trial) => named(schedule.parameters(trial)));
  }
  const ends = Object.entries(search.space).map(([path, dimension]): [string, Value[]] => {
    if (dimension.type === 'choice') return [path, gridValues(dimension)];
    return [path, [dimension.from, dimension.to]];
  });
  const first = Object.fromEntries(ends.map(([path, [value]]) => [path, value]));
  return ends.flatMap(([path, values]) => values.map((value) => named({ ...first, [path]: value })));
}

function named(parameters: Parameters): { name: string; parameters: Parameters } {
  const settings = Object.entries(parameters).map(([path, value]) => `${path} ${JSON.stringify(value)}`);
  return { name: `with ${settings.join(', ')}`, parameters };
}
