/** The numbers that reading pictures rests on, each with its reason, in one place. */

/**
 * Pixels of the plane in which digits are looked for. A photo of 12 megapixels is averaged over 3×3 cells; a digit that
 * is then lower than some 10 pixels was 30 high, which is 1 % of the photo's height.
 */
export const LARGEST_ANALYSED_AREA = 2_000_000;

/** Ink that differs from its paper by less of the paper's brightness is not seen: 8 of 255 steps on white. */
export const FAINTEST_INK = 0.035;

/** Ink must stand this many deviations of the paper's noise above the paper. */
export const NOISE_DEVIATIONS = 4.5;

/**
 * Share of the ink's full strength at which a pixel counts as ink. A sharp edge that was blurred keeps its place at
 * one half; a little less keeps thin lines whole, which do not reach full strength.
 */
export const INK_THRESHOLD = 0.42;

/** Ink fainter than this share of the strongest in the picture is a ruling line, a shadow or what shines through. */
export const FAINTEST_SHARE = 0.22;

/** Digits less high than this, in pixels, cannot be told apart. */
export const LOWEST_DIGIT = 9;

/** Components beyond these many, the smallest, are left out: no page of digits has so many, a photo of grass has. */
export const LARGEST_COMPONENTS = 1500;

/** Pictures of candidates that one picture may put before the network. */
export const LARGEST_CANDIDATES = 700;

/** Of 20,000 training images of MNIST, 99 % have mean stroke widths from 1.36 to 5.2 pixels; thinner ones are thickened. */
export const THINNEST_STROKE = 1.55;
/** What strokes that are too thin are brought to: the usual width is 2.1 to 2.7. */
export const HAIRLINE_STROKE = 2.0;
/** Strokes fatter than this are made thinner. */
export const FATTEST_STROKE = 5;
/** What strokes that are too fat are brought to. */
export const USUAL_FAT_STROKE = 4;

/**
 * Costs of ways to see a line, in negative logarithms, to be weighed with those of reading: a digit read with 99 %
 * costs 0.01, one read with 50 % costs 0.7. Cutting a component in two costs this much.
 */
export const CUT_COST = 0.3;
/** More for each height of a digit of ink that is cut through. */
export const CROSSED_COST = 1.5;
/** And for each stroke after the first: digits that touch do so in one place, and cutting a 0 in two takes two. */
export const STROKE_COST = 1.2;
/** A part that was cut off and is a smaller share of the whole's height */
export const FULL_HEIGHT = 0.82;
/** costs this where the whole is too narrow for two digits; */
export const NARROW_PART_COST = 1.5;
/** nothing where its width over its height is that of two that touch. */
export const USUAL_PAIR_ASPECT = 1.2;
/** Two halves of a whole that cost no more than this each to read, and are as high as it is, are likelier two digits: it costs */
export const DOUBTLESS_COST = 0.02;
/** this much more. */
export const TWO_DIGITS_COST = 1;
/** Joining two components to one digit. */
export const JOIN_COST = 0.15;
/** For each digit's height of the gap between the two. */
export const GAP_COST = 6;
/** A digit right over one of another line: both may be pieces of one that is broken. */
export const STACKED_COST = 0.3;
/** Leaving out what is as large as a digit. */
export const SKIP_COST = 1.5;
/** Leaving out a part that was cut off: a cut is there to tell digits apart, not to get rid of ink. */
export const PART_SKIP_COST = 3;

/** What is plain to read leaves out no piece right at a digit that costs more than this. */
export const LARGEST_LEFT_OUT_COST = 0.1;

/**
 * A picture whose digits are on average less like digits holds none. Of development pictures without a digit this and
 * `LEAST_READ` turn away 19 in 20, of drawings, scans and small pictures with one none.
 */
export const LEAST_SURENESS = 0.8;
/** A picture that holds one digit shows it with this. */
export const LEAST_SURENESS_ALONE = 0.65;
/** Doubt which digit it is counts for less than doubt whether it is one: by this power of the confidence. */
export const DOUBT_BETWEEN_DIGITS = 0.3;

/** Where less than this share of the ink was read, a letter's stroke was taken for a 1: of development pictures with digits none has less than a half. */
export const LEAST_READ = 0.4;

/** Text has at least so many components, */
export const FEWEST_OF_TEXT = 50;
/** of which the largest tell, so many at most, */
export const MOST_OF_TEXT = 100;
/**
 * and of those a smaller share look like digits other than 1. In development pictures without a digit that have
 * thirty components and more a twelfth at most do; on pages of digits six in ten and more.
 */
export const LEAST_OF_TEXT = 0.1;

/** What costs no more than this to read is surely a digit, and tells of the others. */
export const SURE_COST = 0.5;
/** In a line of several sure digits, leaving out costs this much more for each but one, */
export const COMPANY_FACTOR = 0.5;
/** up to so many. */
export const MOST_COMPANY = 5;
/** Digits touch in a row of them: beside so many that are sure, a cut costs */
export const CUT_COMPANY = 2;
/** this share. */
export const COMPANY_CUT_FACTOR = 0.25;
/** In a line without any sure digit, while there are some in others, leaving out costs this share. */
export const ALONE_FACTOR = 0.6;

/** A picture in MNIST's form that is as sure as this as it is needs no finding. */
export const SURE_AS_IT_IS = 0.9;

/** What was turned away on clean paper is one digit after all if all of it together is as sure as this; */
export const SURE_AS_ONE_MARK = 0.45;
/** as a 1, as this: a stroke is much else. And never as a 0, since a ring is a face. */
export const SURE_AS_STROKE = 0.75;

/** What is on a sheet that lies in the picture is read if it is as sure as this. */
export const SURE_ON_SHEET = 0.9;
/** on average, and each of its digits as sure as this. */
export const EACH_SURE_ON_SHEET = 0.8;

/** What was turned away is read once a shadow is taken away if it is as sure as this. */
export const SURE_IN_EVEN_LIGHT = 0.99;

/** Variants are asked about of no more digits than these: many that are doubtful are no digits. */
export const MOST_RECONSIDERED = 12;
/** The only thing in a picture is a digit if the network is as sure as this, though it is wider than digits are, */
export const SURE_ALONE = 0.9;
/** up to this width over its height. */
export const WIDEST_ALONE = 1.7;

/** Large pictures are also read as averages over cells, such that the shorter side has about so many. */
export const SIDES_FROM_AFAR = [192, 112];
/** Drawings whose shorter side is no longer than this many pixels need no second look where the first leaves no doubt. */
export const LARGE_PICTURE = 300;
/** Pixels of a picture that may be one digit, cut out of another. */
export const LARGEST_CUT_OUT = 500_000;
/** What was turned away is read from afar if its digits are on average as sure as this; */
export const SURE_FROM_AFAR = 0.95;
/** what has fewer digits from afar is believed if they are surer by this, */
export const CLEARLY_SURER = 0.0025;
/** and never where there were this many from near; */
export const ROW = 5;
/**
 * nor is as long a row with no digit less sure than this read better from afar. Digits that touch, with nothing else in the
 * picture, are each as sure as this.
 */
export const BEYOND_DOUBT = 0.95;
/** A row with a digit less sure than this is looked at through shadows too. */
export const DOUBTFUL = 0.8;
