/** What a network on a graphics card takes: one module, loaded where a card is asked for or worth it. */
export { bindWebGpu } from './bind.ts';
export { openCard } from './device.ts';
export { tunedTraits } from './tune.ts';
