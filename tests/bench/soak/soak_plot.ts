/** Draws memory and descriptors of agents over a soak as SVG. */
import type { AgentSample } from "./agent_samples.ts";
import type { Disturbance, DisturbanceKind } from "./disturbances.ts";
import { livesOf } from "./lives.ts";

/** What is drawn. */
export interface SoakPlotInput {
  readonly samples: readonly AgentSample[];
  readonly disturbances: readonly Disturbance[];
  /** Length of the time axis. */
  readonly minutes: number;
}

/** One of the two diagrams, in pixels of the picture. */
interface Panel {
  readonly title: string;
  readonly top: number;
  readonly valueOf: (sample: AgentSample) => number;
  /** Top of the value axis. */
  readonly most: number;
}

const WIDTH = 860;
const PANEL = { left: 60, right: 20, height: 170 };
const TOPS = [40, 260];
const HEIGHT = 490;

/** Agents by node; they differ in lightness, too. */
const COLOURS = ["#1f6fb2", "#e07b00", "#2c8a4b", "#8a4b9c"];
const MARKS: Readonly<Record<DisturbanceKind, { readonly colour: string; readonly text: string }>> = {
  agent: { colour: "#c0392b", text: "agent killed" },
  kubelet: { colour: "#b59b00", text: "kubelet killed" },
  "api-server": { colour: "#7f8c8d", text: "API server killed" },
};

/** The picture, as text of an SVG file. */
export function soakPlot(input: SoakPlotInput): string {
  const nodes = [...new Set(input.samples.map(({ node }) => node))].sort();
  const panels = panelsOf(input.samples);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    ...panels.flatMap((panel) => [
      ...axesOf(panel, input.minutes),
      ...marksOf(panel, input),
      ...linesOf(panel, input, nodes),
    ]),
    ...legendOf(nodes),
    "</svg>",
    "",
  ].join("\n");
}

function panelsOf(samples: readonly AgentSample[]): readonly Panel[] {
  const values = [
    { title: "resident memory of the agents, MB", valueOf: ({ rss }: AgentSample) => rss / 1e6 },
    { title: "open descriptors of the agents", valueOf: ({ descriptors }: AgentSample) => descriptors },
  ];
  return values.map(({ title, valueOf }, i) => ({
    title,
    valueOf,
    top: TOPS[i]!,
    most: Math.max(20, Math.ceil(Math.max(0, ...samples.map(valueOf)) * 1.1 / 20) * 20),
  }));
}

function axesOf({ title, top, most }: Panel, minutes: number): string[] {
  const bottom = top + PANEL.height;
  const right = WIDTH - PANEL.right;
  const steps = [0, 0.25, 0.5, 0.75, 1];
  return [
    `<text x="${PANEL.left}" y="${top - 8}" font-weight="bold">${title}</text>`,
    ...steps.map((step) => {
      const y = bottom - step * PANEL.height;
      const label = `<text x="${PANEL.left - 6}" y="${y + 4}" text-anchor="end">${Math.round(step * most)}</text>`;
      return `<line x1="${PANEL.left}" y1="${y}" x2="${right}" y2="${y}" stroke="#ddd"/>${label}`;
    }),
    ...steps.map((step) => {
      const text = `${Number((step * minutes).toFixed(1))} min`;
      return `<text x="${xOf(step * minutes, minutes)}" y="${bottom + 16}" text-anchor="middle">${text}</text>`;
    }),
  ];
}

function marksOf({ top }: Panel, { disturbances, minutes }: SoakPlotInput): string[] {
  return disturbances.map(({ atMs, kind }) => {
    const x = xOf(atMs / 60_000, minutes);
    const ends = `x1="${x}" y1="${top}" x2="${x}" y2="${top + PANEL.height}"`;
    return `<line ${ends} stroke="${MARKS[kind].colour}" stroke-dasharray="3 3" opacity="0.6"/>`;
  });
}

/** One line for each process of an agent: where it was killed, the next one begins. */
function linesOf(
  { top, most, valueOf }: Panel,
  { samples, minutes }: SoakPlotInput,
  nodes: readonly string[],
): string[] {
  return livesOf(samples).map(({ node, samples }) => {
    const points = samples.map((sample) => {
      const y = top + PANEL.height * (1 - valueOf(sample) / most);
      return `${xOf(sample.atMs / 60_000, minutes)},${y.toFixed(1)}`;
    });
    const colour = COLOURS[nodes.indexOf(node) % COLOURS.length]!;
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  });
}

function legendOf(nodes: readonly string[]): string[] {
  const entries = [
    ...nodes.map((node, i) => ({ colour: COLOURS[i % COLOURS.length]!, text: `agent of ${node}`, dash: "" })),
    ...Object.values(MARKS).map((mark) => ({ ...mark, dash: ' stroke-dasharray="3 3"' })),
  ];
  return entries.map(({ colour, text, dash }, i) => {
    const x = PANEL.left + i * 155;
    const y = HEIGHT - 16;
    const line = `<line x1="${x}" y1="${y - 4}" x2="${x + 24}" y2="${
      y - 4
    }" stroke="${colour}" stroke-width="2"${dash}/>`;
    return `${line}<text x="${x + 30}" y="${y}">${text}</text>`;
  });
}

/** The last sample is taken when everything has settled, after the end of the axis. */
function xOf(minute: number, minutes: number): string {
  const share = Math.min(1, minute / Math.max(minutes, 1 / 60));
  return (PANEL.left + share * (WIDTH - PANEL.left - PANEL.right)).toFixed(1);
}
