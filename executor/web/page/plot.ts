/** One target's value over time, with both thresholds across it and the executor's actions marked on it. */
import uPlot from 'uplot';
import type { TargetHistory } from '../../core/overview/overview-shape.ts';
import { createLabelRows } from './label-rows.ts';
import { describeFigure } from './words.ts';

export type Threshold = { readonly label: string; readonly value: number };

export type Plot = {
  show(history: TargetHistory, thresholds: readonly Threshold[]): void;
  resize(): void;
  destroy(): void;
};

const HEADROOM = 1.18;
const LABEL_FONT = '11px system-ui, sans-serif';

export function createPlot(place: HTMLElement): Plot {
  let history: TargetHistory | undefined;
  let thresholds: readonly Threshold[] = [];
  const size = () => ({ width: place.clientWidth, height: place.clientHeight });
  const plot = new uPlot(
    {
      ...size(),
      padding: [6, 16, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: true },
        y: { range: (_, __, max) => [0, topOf(max, thresholds)] },
      },
      series: [{}, { stroke: () => colour('--ink'), width: 1.5, points: { show: false }, spanGaps: false }],
      axes: [
        { ...axis(), size: 22, space: 70, values: (_, ticks) => ticks.map(clockTime) },
        { ...axis(), size: 38, space: 28, values: (_, ticks) => ticks.map(describeFigure) },
      ],
      hooks: {
        draw: [
          (drawn) => {
            drawThresholds(drawn, thresholds);
            drawActions(drawn, history?.actions ?? []);
          },
        ],
      },
    },
    [[], []],
    place,
  );
  return {
    show(next, nextThresholds) {
      history = next;
      thresholds = nextThresholds;
      plot.setData([[...next.times], [...next.values]]);
    },
    resize: () => plot.setSize(size()),
    destroy: () => plot.destroy(),
  };
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function axis() {
  return {
    stroke: () => colour('--soft'),
    font: LABEL_FONT,
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
  };
}

/** All thresholds are in sight, and some room above them. */
function topOf(max: number | null, thresholds: readonly Threshold[]): number {
  const highest = Math.max(max ?? 0, ...thresholds.map(({ value }) => value));
  return highest > 0 ? highest * HEADROOM : 1;
}

function clockTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function drawThresholds({ ctx, bbox, valToPos }: uPlot, thresholds: readonly Threshold[]): void {
  const scale = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour('--late');
  ctx.fillStyle = colour('--late');
  ctx.font = `${11 * scale}px system-ui, sans-serif`;
  ctx.lineWidth = scale;
  for (const { label, value } of thresholds) {
    const y = Math.round(valToPos(value, 'y', true)) + 0.5;
    ctx.setLineDash([4 * scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.textAlign = 'left';
    ctx.textBaseline = 'bottom';
    drawLabel(ctx, `${label} ${describeFigure(value)}`, bbox.left + 4 * scale, y - 2 * scale);
  }
  ctx.restore();
}

function drawActions({ ctx, bbox, valToPos, scales }: uPlot, actions: TargetHistory['actions']): void {
  const scale = devicePixelRatio;
  const { min = 0, max = 0 } = scales['x'] ?? {};
  ctx.save();
  ctx.strokeStyle = colour('--act');
  ctx.fillStyle = colour('--act');
  ctx.lineWidth = 1.5 * scale;
  ctx.font = `600 ${11 * scale}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  const marks = actions.flatMap(({ time, from, to }) => {
    const seconds = Date.parse(time) / 1000;
    if (seconds < (min ?? 0) || seconds > (max ?? 0) + 60) return [];
    const x = Math.min(Math.round(valToPos(seconds, 'x', true)), bbox.left + bbox.width) + 0.5;
    return [{ x, label: `${to > from ? '▲' : '▼'}${to}` }];
  });
  for (const { x } of marks) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  const height = 12 * scale;
  const nextRow = createLabelRows(Math.floor(bbox.height / 2 / height));
  for (const { x, label } of marks) {
    const width = ctx.measureText(label).width;
    const left = Math.min(x + 3 * scale, bbox.left + bbox.width - width);
    const row = nextRow(left, width);
    if (row !== undefined) drawLabel(ctx, label, left, bbox.top + scale + row * height);
  }
  ctx.restore();
}

/** On a ground of its own, so that no line runs through it. */
function drawLabel(ctx: CanvasRenderingContext2D, label: string, x: number, y: number): void {
  ctx.save();
  ctx.setLineDash([]);
  ctx.strokeStyle = colour('--card');
  ctx.lineWidth = 3 * devicePixelRatio;
  ctx.lineJoin = 'round';
  ctx.strokeText(label, x, y);
  ctx.fillText(label, x, y);
  ctx.restore();
}
