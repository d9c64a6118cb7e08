/** Reads the digits in a picture: finds them, brings each to the form of MNIST's, and asks a network. */
import { DIGIT_NAMES } from '../data/dataset.ts';
import { type Candidate, findCandidates, type View } from './candidates.ts';
import { meanOf, type Opinion, opinionOf } from './choose.ts';
import { chooseLines } from './context.ts';
import { type Finding, findingOf, viewsOf } from './find.ts';
import { type Form, formOf, markOf } from './form.ts';
import { type Grey, toGrey } from './grey.ts';
import { judge, leastSurenessOf, MOSTLY_ELSE, sureness, surenessOf } from './judge.ts';
import { areSmall, hasSteps, isInkBeside, litBy, litForAny } from './lit.ts';
import {
  areApart,
  areSeen,
  isBeyondDoubt,
  isClearer,
  isFuller,
  isMostOf,
  isStrokes,
  looksAt,
  surer,
} from './looks.ts';
import { withMargins, withoutMargins } from './margins.ts';
import {
  couldBeSheet,
  isCutOff,
  isFilling,
  isPassingStroke,
  type Look,
  seen,
  wholeOf,
  withoutEdges,
  withoutRims,
} from './passing.ts';
import type { Picture, PictureReading, ReadDigit } from './picture.ts';
import { areText, halvesOf, isSure, largestOfMany, SURE, wholeComponents } from './plain.ts';
import { readFinding, readTouching } from './readFinding.ts';
import { RememberedAnswers } from './rememberedAnswers.ts';
import {
  DOUBTFUL,
  EACH_SURE_ON_SHEET,
  LARGE_PICTURE,
  LARGEST_CUT_OUT,
  LARGEST_LEFT_OUT_COST,
  LEAST_READ,
  MOST_RECONSIDERED,
  SURE_AS_IT_IS,
  SURE_AS_ONE_MARK,
  SURE_AS_STROKE,
  SURE_IN_EVEN_LIGHT,
  SURE_ON_SHEET,
} from './settings.ts';
import { toDepth, toHue } from './shadow.ts';
import { sharingGroups } from './shared.ts';
import { sheetsIn } from './sheets.ts';
import { onPaper } from './surroundings.ts';
import { variantsOf } from './variants.ts';

const STROKE = 'What could be a 1 is more likely the edge of something.';

/** What tells digits apart: a `Classifier`, or something that puts the questions of many readers into one batch. */
export interface DigitClassifier {
  /** Probabilities of each class for each picture of 28×28 bytes. */
  classify(pictures: readonly Uint8Array[]): Promise<number[][]>;
}

export class Reader {
  readonly #classifier: DigitClassifier;

  constructor(classifier: DigitClassifier) {
    this.#classifier = classifier;
  }

  read(picture: Picture): Promise<PictureReading> {
    return new PictureReader(new RememberedAnswers(this.#classifier)).read(picture);
  }
}

/** What was found, and what the network says of each candidate. */
interface Asked {
  finding: Finding;
  opinions: readonly Opinion[];
}

/** Reads one picture. */
class PictureReader {
  readonly #questions: RememberedAnswers;
  /** Pictures by their hues, at which more than one may look. */
  readonly #hues = new WeakMap<Picture, Grey | undefined>();

  constructor(questions: RememberedAnswers) {
    this.#questions = questions;
  }

  async read(picture: Picture): Promise<PictureReading> {
    const finished = formOf(picture);
    const asItIs = finished && (await this.#readForm(finished));
    // It need not look like a digit as it is.
    const known = asItIs && asItIs.digits[0].notDigit <= 0.5 ? asItIs : undefined;
    if (known && surenessOf(known.digits) >= SURE_AS_IT_IS) return known;
    const { picture: part, left, top } = withoutMargins(picture);
    const grey = toGrey(part);
    const pieces = await this.#find(grey, part);
    const whole = (await this.#asOneMark(pieces, grey)) ?? pieces;
    const inside = moved(withoutEdges(whole, part), left, top);
    const read = withoutRims((await this.#findCutOut(inside, picture)) ?? inside, picture);
    const found = moved(onPaper(moved(read, -left, -top), part, grey), left, top);
    return known && !isClearer(found, known) ? known : found;
  }

  /** A digit that was cut out without paper around it, which takes its strokes for borders; undefined where it is none. */
  async #findCutOut(found: PictureReading, picture: Picture): Promise<PictureReading | undefined> {
    if (found.rejected === false && !isStrokes(found)) return undefined;
    if (picture.width * picture.height > LARGEST_CUT_OUT) return undefined;
    const framed = withMargins(picture);
    if (!framed) return undefined;
    const reading = moved(await this.#find(toGrey(framed.picture), framed.picture), framed.left, framed.top);
    return isFilling(reading, picture) ? reading : undefined;
  }

  async #find(grey: Grey, picture: Picture): Promise<PictureReading> {
    const [near, ...further] = looksAt(grey);
    const { reading, isPlain } = await this.#readLook(near, picture);
    if (isPlain && Math.min(picture.width, picture.height) <= LARGE_PICTURE && !isCutOff(reading, picture)) {
      return (await this.#findOnSheet(reading, grey, picture)) ?? reading;
    }
    const looks: Look[] = [{ reading, scale: near.scale }];
    let best = reading;
    for (const look of further) {
      const far = (await this.#readLook(look, picture)).reading;
      looks.push({ reading: far, scale: look.scale });
      // What falls apart from afar was whole.
      const isMore = isPlain && far.digits.length > reading.digits.length;
      if (isMore && !areApart(reading, far) && !isFuller(far, reading)) continue;
      best = wholeOf(best, far, picture) ?? surer(best, far);
    }
    if (best.rejected !== false) best = seen('twice', looks, picture) ?? best;
    else if (isPassingStroke(best, looks)) best = { ...best, text: '', rejected: STROKE };
    const isHidden = best.rejected !== false || isCutOff(best, picture);
    if (isHidden) best = await this.#findThroughShadow(best, looks, grey, picture);
    else best = await this.#restInShadow(best, grey, picture);
    const onSheet = await this.#findOnSheet(best, grey, picture, isHidden);
    if (onSheet || best.rejected === false) return onSheet ?? best;
    return this.#findInEvenLight(best, grey, picture);
  }

  /**
   * All that is on clean paper as one digit, of which no threshold took anything away; undefined where what was found is all
   * of it without a doubt, or more than one, or surer.
   */
  async #asOneMark(found: PictureReading, grey: Grey): Promise<PictureReading | undefined> {
    const mark = markOf(grey);
    if (!mark) return undefined;
    const isTurnedAway = found.rejected !== false;
    const isFound = !isTurnedAway && isMostOf(found.digits, mark.box);
    const isSeveral = isFound && found.digits.length > 1;
    if (isSeveral ? !mark.isOnePiece : isFound && surenessOf(found.digits) >= SURE) return undefined;
    const reading = await this.#reconsidered(await this.#readForm(mark));
    const sureness = surenessOf(reading.digits);
    const [{ digit }] = reading.digits;
    // Of what lies around a sheet, the sheet is a 1 or a 0, and what is written on it a piece.
    const isInPieces = !isTurnedAway && !isFound && digit > 1;
    if ((mark.isOnePiece || isInPieces) && sureness >= SURE) return reading;
    if (!isTurnedAway) return !isSeveral && sureness > surenessOf(found.digits) ? reading : undefined;
    if (digit === 0) return undefined;
    return sureness >= (digit === 1 ? SURE_AS_STROKE : SURE_AS_ONE_MARK) ? reading : undefined;
  }

  /**
   * What is on a sheet that lies in the picture, where nothing was read, or its edge, or all of it, as a 0, or what was hidden
   * and is less; undefined where nothing there is surely a digit, or what was read and is none of the sheet is not there.
   */
  async #findOnSheet(
    found: PictureReading,
    grey: Grey,
    picture: Picture,
    isHidden = false,
  ): Promise<PictureReading | undefined> {
    const digits = found.rejected === false ? found.digits : [];
    const written = digits.filter((digit) => !couldBeSheet(digit, found));
    const areWritten = digits.length > 0 && written.length === digits.length;
    if (areWritten && !isHidden) return undefined;
    for (const { seen, left, top, placeOf } of this.#sheetsIn(grey, picture)) {
      const isElsewhere = digits.length > 0 && digits.every(({ box }) => placeOf(box) !== 'across');
      if (isElsewhere && !isHidden) continue;
      const inside = digits.filter(({ box }) => placeOf(box) === 'inside');
      for (const look of digits.length > 0 ? looksAt(seen) : looksAtAll(seen)) {
        const reading = moved((await this.#readLook(look, picture)).reading, left, top);
        if (reading.rejected !== false || surenessOf(reading.digits) < SURE_ON_SHEET) continue;
        if (leastSurenessOf(reading.digits) < EACH_SURE_ON_SHEET) continue;
        if (isPassingStroke(reading, []) || !areSeen([...written, ...inside], reading)) continue;
        if (!isElsewhere || isFuller(reading, found, DOUBTFUL)) return reading;
      }
    }
    return undefined;
  }

  /** What was read, and what of its row a shadow hid or blurred: there is ink as dark beside it, or a digit is in doubt. */
  async #restInShadow(best: PictureReading, grey: Grey, picture: Picture): Promise<PictureReading> {
    if (best.text.includes('\n')) return best;
    const isDoubtful = leastSurenessOf(best.digits) < DOUBTFUL;
    if (!isDoubtful && !isInkBeside(grey, best)) return best;
    const isBetter = (other: PictureReading) =>
      isFuller(other, best) || (isDoubtful && isBeyondDoubt(other, best));
    const { seen: lit, left, top } = litBy(grey, best);
    const inLight = moved((await this.#readLook(lit, picture)).reading, left, top);
    if (isBetter(inLight)) return inLight;
    const hue = isDoubtful ? this.#hueOf(picture) : undefined;
    const byHue = hue && (await this.#readLook(hue, picture)).reading;
    return byHue && isBetter(byHue) ? byHue : best;
  }

  /**
   * What a shadow hides from those who look for whatever is dark: by what is darker than a shadow, or by colour without
   * brightness; `best` where there is nothing that is surely a digit, and whole.
   */
  async #findThroughShadow(
    best: PictureReading,
    before: readonly Look[],
    grey: Grey,
    picture: Picture,
  ): Promise<PictureReading> {
    for (const see of [() => toDepth(grey), () => this.#hueOf(picture)]) {
      const plane = see();
      const looks: Look[] = [];
      for (const look of plane ? looksAt(plane) : []) {
        const { reading } = await this.#readLook(look, picture);
        looks.push({ reading, scale: look.scale });
        const found = best.rejected === false ? wholeOf(best, reading, picture) : surer(best, reading);
        if (found && found !== best) return found;
      }
      if (best.rejected === false) continue;
      const stroke = seen('twice', looks, picture) ?? seen('thrice', [...before, ...looks], picture);
      if (stroke) return stroke;
    }
    return best;
  }

  /** What is surely read where light and shadow are taken away, whatever the size of digits; else `best`. */
  async #findInEvenLight(best: PictureReading, grey: Grey, picture: Picture): Promise<PictureReading> {
    if (!hasSteps(grey)) return best;
    for (const look of litForAny(grey)) {
      const found = surer(best, (await this.#readLook(look, picture)).reading);
      const isSure = found !== best && surenessOf(found.digits) >= SURE_IN_EVEN_LIGHT;
      if (isSure && areSmall(found, grey)) return found;
    }
    return best;
  }

  /** The sheets that differ in brightness from what is around them, and then those that differ in colour. */
  *#sheetsIn(grey: Grey, picture: Picture) {
    yield* sheetsIn(grey);
    const hue = this.#hueOf(picture);
    if (hue) yield* sheetsIn(grey, hue);
  }

  #hueOf(picture: Picture): Grey | undefined {
    if (!this.#hues.has(picture)) this.#hues.set(picture, toHue(picture));
    return this.#hues.get(picture);
  }

  /**
   * Asks of each component first, and of all ways to cut and join them only where that leaves a doubt: in text they are
   * thousands, and none is asked about.
   */
  async #readLook(look: Grey, picture: Picture): Promise<{ reading: PictureReading; isPlain: boolean }> {
    const views = viewsOf(look);
    const first = views.next().value;
    const plain = first && (await this.#readPlainly(first, picture));
    if (plain) return { reading: plain, isPlain: true };
    if (first && (await this.#isText(first))) {
      return { reading: { text: '', digits: [], rejected: MOSTLY_ELSE }, isPlain: false };
    }
    const all = first ? [first, ...views] : [];
    return { reading: await this.#readAll(all, picture), isPlain: false };
  }

  async #isText(view: View): Promise<boolean> {
    const largest = findCandidates(view, largestOfMany(view.lines));
    return largest.length > 0 && areText(largest, await this.#opinionsOf(largest));
  }

  async #readAll(views: readonly View[], picture: Picture): Promise<PictureReading> {
    const findings = views.map((view) => findingOf(view, picture));
    const candidates = findings.flatMap((finding) => finding.candidates);
    if (candidates.length === 0) {
      return { text: '', digits: [], rejected: 'The picture is blank: no ink stands out from the paper.' };
    }
    const opinions = await this.#opinionsOf(candidates);
    const asked = findings.map((finding) => ({
      finding,
      opinions: opinions.splice(0, finding.candidates.length),
    }));
    const withShared = await this.#withShared(views, asked);
    const readings = withShared.map(({ finding, opinions }) => ({
      inking: finding.inking,
      ...readFinding(finding, opinions),
    }));
    // Of the same ink, what reads at the least cost; of different ink, what gives the most to read.
    const inkings = Map.groupBy(readings, ({ inking }) => inking);
    const best = [...inkings.values()].map((same) => same.reduce((a, b) => (b.cost < a.cost ? b : a)));
    const { reading, inking } = best.reduce((a, b) => (b.gain > a.gain ? b : a));
    // What is the same with its pieces joined or not is judged by how it looks worse.
    const alike = readings.filter((other) => other.inking === inking && other.reading.text === reading.text);
    const judged = judge(await this.#reconsidered(reading), Math.min(...alike.map(({ share }) => share)));
    if (judged.rejected === false) return judged;
    for (const { finding, opinions } of withShared) {
      const touching = readTouching(finding, opinions);
      if (touching) return judge(await this.#reconsidered(touching));
    }
    return judged;
  }

  /** With opinions on what shares strokes with its neighbours. */
  async #withShared(views: readonly View[], asked: readonly Asked[]): Promise<Asked[]> {
    const shared = asked.map(({ finding, opinions }, i) => {
      const groups = sharingGroups(
        views[i],
        finding.candidates,
        opinions,
        chooseLines(finding.lines, finding.candidates, opinions),
      );
      return findCandidates(views[i], groups);
    });
    const answers = await this.#opinionsOf(shared.flat());
    return asked.map(({ finding, opinions }, i) => ({
      finding: { ...finding, candidates: [...finding.candidates, ...shared[i]] },
      opinions: [...opinions, ...answers.splice(0, shared[i].length)],
    }));
  }

  /** Where there is a doubt about a digit, the network is asked about variants of it too. */
  async #reconsidered(reading: PictureReading): Promise<PictureReading> {
    const doubtful = reading.digits.filter((digit) => sureness(digit) < SURE);
    if (doubtful.length === 0 || doubtful.length > MOST_RECONSIDERED) return reading;
    const asked = doubtful.map(({ image }) => [image, ...variantsOf(image)]);
    const answers = await this.#questions.classify(asked.flat());
    const digits = reading.digits.map((digit): ReadDigit => {
      if (!doubtful.includes(digit)) return digit;
      const { probabilities, best, notDigit } = opinionOf(meanOf(answers.splice(0, asked[0].length)));
      return { ...digit, digit: best, confidence: probabilities[best], probabilities, notDigit };
    });
    let at = 0;
    return {
      ...reading,
      digits,
      text: reading.text.replaceAll(/\d/g, () => DIGIT_NAMES[digits[at++].digit]),
    };
  }

  /** What needs no finding, as one digit. */
  async #readForm({ image, box }: Form): Promise<PictureReading> {
    const [opinion] = (await this.#questions.classify([image])).map(opinionOf);
    const { probabilities, best, notDigit } = opinion;
    const digit = { digit: best, confidence: probabilities[best], probabilities, notDigit, box, image };
    return { text: DIGIT_NAMES[best], digits: [digit], rejected: false };
  }

  /** Undefined where there is any doubt. */
  async #readPlainly(view: View, picture: Picture): Promise<PictureReading | undefined> {
    const wholes = wholeComponents(view.lines);
    if (wholes === undefined || wholes.length === 0) return undefined;
    const groups = [...wholes, ...halvesOf(view.lines, wholes)];
    const finding = findingOf(view, picture, groups);
    if (finding.candidates.length < groups.length) return undefined;
    const opinions = await this.#opinionsOf(finding.candidates);
    if (!opinions.slice(0, wholes.length).every(isSure)) return undefined;
    const { reading, share, costLeftOut } = readFinding(finding, opinions);
    return share < LEAST_READ || costLeftOut > LARGEST_LEFT_OUT_COST ? undefined : reading;
  }

  async #opinionsOf(candidates: readonly Candidate[]): Promise<Opinion[]> {
    return (await this.#questions.classify(candidates.map(({ image }) => image))).map(opinionOf);
  }
}

/** A plane from near and from afar, and then without its shadows. */
function* looksAtAll(grey: Grey): Generator<Grey> {
  yield* looksAt(grey);
  yield* litForAny(grey);
}

/** A reading of a part, as one of the whole. */
function moved(reading: PictureReading, left: number, top: number): PictureReading {
  if (left === 0 && top === 0) return reading;
  const digits = reading.digits.map((digit): ReadDigit => {
    const [x, y, width, height] = digit.box;
    return { ...digit, box: [x + left, y + top, width, height] };
  });
  return { ...reading, digits };
}
