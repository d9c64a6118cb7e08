/**
 * The page of a training run: one HTML file that needs nothing else, no script among it, light or dark as its reader
 * likes. Pictures stand in it as PNG, charts as SVG.
 */
import { summarise } from '../../model/summary.ts';
import { filterPictures } from '../filters.ts';
import { escaped, htmlTable } from '../html.ts';
import { fromBase64, pictureUri } from '../picture.ts';
import type { HardExample, RunRecord, RunResults } from '../run.ts';
import { accuracyChart, confusionChart, learningRateChart, lossChart, reliabilityChart } from './plots.ts';
import { STYLE } from './style.ts';

/** Probabilities shown of a hard example. */
const SHOWN_PROBABILITIES = 3;

const percent = (share: number, digits = 2) =>
  Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–';
const count = (value: number) => value.toLocaleString('en-US');

/** The page's HTML. */
export function renderRun(run: RunRecord): string {
  const { name, start, results } = run;
  const sections = [head(run), curves(run)];
  if (results) sections.push(answers(results), calibration(results), hardest(results, run));
  sections.push(layers(run), origins(run));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escaped(`${name}, trained ${start.started.slice(0, 10)}`)}</title>
<style>${STYLE}</style>
</head>
<body>
${sections.join('\n')}
</body>
</html>
`;
}

function head({ name, start, history, results }: RunRecord): string {
  const last = history.at(-1);
  const seconds = results?.seconds ?? history.reduce((sum, record) => sum + record.seconds, 0);
  const facts: [string, string][] = [
    ['test accuracy', results ? percent(results.test.accuracy) : 'not yet'],
    ['test mistakes', results ? count(results.test.examples - results.test.correct) : 'not yet'],
    ['validation accuracy', percent(last?.validationAccuracy ?? Number.NaN)],
    ['epochs', `${history.length} of ${start.recipe.epochs}`],
    ['time', seconds < 100 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`],
    ['parameters', count(summarise(start.recipe.model).parameters)],
  ];
  const boxes = facts.map(([key, value]) => `<div><dt>${key}</dt><dd>${escaped(value)}</dd></div>`).join('');
  const stopped = results?.stopped ? `<p>Ended early. ${escaped(results.stopped)}</p>` : '';
  return `<h1>${escaped(name)}</h1>
<p>Preset ${escaped(start.preset)} on ${escaped(start.dataset)}, begun ${escaped(start.started.replace('T', ' ').slice(0, 16))} UTC.</p>
<dl class="facts">${boxes}</dl>
${stopped}<p>To repeat it:</p>
<pre>${escaped(start.command)}</pre>`;
}

function curves({ steps, history }: RunRecord): string {
  if (history.length === 0) return '';
  return `<h2>How it went</h2>
<p><span class="key training"></span>training, as it went, with all that the recipe adds to make it harder &nbsp; <span class="key validation"></span>validation, after each epoch</p>
<h3>Loss</h3>
${lossChart(steps, history)}
<h3>Accuracy</h3>
${accuracyChart(steps, history)}
<h3>Learning rate</h3>
${learningRateChart(steps, history)}`;
}

function answers({ test }: RunResults): string {
  const names = test.classes.map(({ name }) => name);
  const present = test.classes.filter(({ support }) => support > 0);
  const rows = present.map(({ name, support, precision, recall, f1 }) => [
    escaped(name),
    count(support),
    percent(precision),
    percent(recall),
    percent(f1),
  ]);
  return `<h2>Answers on the test set</h2>
<p>${count(test.correct)} of ${count(test.examples)} are right; the mean loss is ${test.loss.toFixed(4)}. Rows are what it is, columns what it was taken for.</p>
${confusionChart(test.confusion, names)}
${htmlTable(['class', 'pictures', 'precision', 'recall', 'F1'], rows)}`;
}

function calibration({ test, calibration: fitted, uncalibratedError }: RunResults): string {
  const how = fitted
    ? `Logits are divided by a temperature of ${fitted.temperature.toFixed(3)}, fitted on ${count(fitted.examples)} validation pictures; without it the error would be ${percent(uncalibratedError)}.`
    : 'No temperature was fitted.';
  return `<h2>Can its confidence be believed?</h2>
<p>The expected calibration error on the test set, over 15 bins of equal width, is ${percent(test.calibrationError)}. ${how} Bars are accuracies, with the number of pictures; dots on the line are confidences that are probabilities.</p>
${reliabilityChart(test.reliability)}`;
}

function hardest({ hardest: examples, test }: RunResults, { start }: RunRecord): string {
  const names = test.classes.map(({ name }) => name);
  const items = examples.map((example) => hardItem(example, names, start.recipe.model.input));
  return `<h2>The hardest test pictures</h2>
<p>Those to whose class the network gives the least probability; the bar of that class has the second colour.</p>
<ul class="digits">${items.join('\n')}</ul>`;
}

function hardItem(
  { example, label, answer, probabilities, pixels }: HardExample,
  names: readonly string[],
  input: readonly number[],
): string {
  const [height, width, channels] = input;
  const bytes = fromBase64(pixels).map((ink) => 255 - ink);
  const source = pictureUri({ width, height, channels: channels === 3 ? 3 : 1, pixels: bytes });
  const title =
    answer === label ? `${names[label]}, and read so` : `${names[label]}, taken for ${names[answer]}`;
  const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[b] - probabilities[a]);
  const shown = order.slice(0, SHOWN_PROBABILITIES);
  if (!shown.includes(label)) shown[SHOWN_PROBABILITIES - 1] = label;
  const bars = shown.map(
    (index) =>
      `<div class="bar${index === label ? ' true' : ''}"><span>${escaped(names[index])}</span><i style="width:${(100 * probabilities[index]).toFixed(1)}%"></i><span>${percent(probabilities[index], 1)}</span></div>`,
  );
  return `<li><img src="${source}" width="${width}" height="${height}" alt="${escaped(`Test picture ${example}: ${title}`)}">${escaped(title)} <small>(no. ${example})</small>${bars.join('')}</li>`;
}

function layers({ start, network }: RunRecord): string {
  const { layers: all, input, parameters, flops } = summarise(start.recipe.model);
  const rows = [
    ['input', '', input.join('×'), '', ''],
    ...all.map(({ name, type, outputShape, parameters: own, flops: work }) =>
      [name, type, outputShape.join('×'), count(own), count(work)].map(escaped),
    ),
    ['total', '', '', count(parameters), count(flops)],
  ];
  const pictures = network ? filterPictures(network) : [];
  const images = pictures.map(
    (picture, index) =>
      `<img src="${pictureUri(picture)}" width="${picture.width}" height="${picture.height}" alt="Filter ${index + 1}">`,
  );
  const filters =
    images.length === 0
      ? ''
      : `<h3>Filters of the first layer</h3>\n<p>Red adds where there is ink, blue takes away.</p>\n<div class="filters">${images.join('')}</div>`;
  return `<h2>The network</h2>
${htmlTable(['layer', 'type', 'output', 'parameters', 'FLOPs'], rows)}
${filters}`;
}

function origins({ start, results }: RunRecord): string {
  const facts: [string, string][] = [
    [
      'pictures',
      `${count(start.examples)} of ${start.dataset}, ${count(start.validation)} of them held out for validation`,
    ],
    ...Object.entries(start.fingerprint),
    ...Object.entries(start.environment),
  ];
  if (results) facts.push(['trained on', results.backend]);
  const rows = facts
    .map(([key, value]) => `<tr><th>${escaped(key)}</th><td>${escaped(value)}</td></tr>`)
    .join('\n');
  return `<h2>Data and machine</h2>
<div class="scroll"><table class="facts-table">${rows}</table></div>
<details><summary>The recipe</summary><pre>${escaped(JSON.stringify(start.recipe, null, 2))}</pre></details>`;
}
