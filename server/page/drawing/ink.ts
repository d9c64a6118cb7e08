/** Puts strokes on a canvas. */
import { pieces, type Stroke, widthAt } from './stroke.ts';

export interface Ink {
  context: CanvasRenderingContext2D;
  /** Pixels of the canvas for a unit of the strokes. */
  scale: number;
  colour: string;
  /** What an eraser leaves; nothing makes the canvas clear again. */
  paper?: string;
}

/** Draws what a stroke has more since it had `known` points. */
export function drawStroke(ink: Ink, stroke: Stroke, known = 0, isFinished = true): void {
  const { context, scale, colour, paper } = ink;
  context.save();
  context.scale(scale, scale);
  context.lineCap = 'round';
  context.strokeStyle = stroke.isEraser ? (paper ?? colour) : colour;
  if (stroke.isEraser && !paper) context.globalCompositeOperation = 'destination-out';
  for (const { from, to } of pieces(stroke, known, isFinished)) {
    context.lineWidth = widthAt(stroke, (from.pressure + to.pressure) / 2);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }
  context.restore();
}

/** An empty sheet. */
export function wipe({ context, paper }: Ink): void {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  if (!paper) return;
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
}
