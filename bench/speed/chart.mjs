// SPDX-License-Identifier: MIT
// chart.mjs — speed.json as a picture: how many times as fast, or as cheap, as the peer, with the marks that were to be reached.

const WIDTH = 960
const LABEL = 430
const RIGHT = 70
const LINE = 26
const TOP = 78
const BAR = 12
const FOOT = 36
const GRID = [1, 2, 4, 8, 16, 32, 64, 128]
const CHARS = 150 // of a line of the foot

// Dark where the reader's system is: an image has no colours of the page's.
const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
  .small { font-size: 11px; fill: #59636e } .title { font-size: 15px; font-weight: 600 } .end { text-anchor: end } .middle { text-anchor: middle }
  .grid { stroke: #d1d9e0 } .peer { stroke: #59636e } .least { stroke: #bc4c00; stroke-width: 2 } .hoped { stroke: #bc4c00; stroke-width: 2; stroke-dasharray: 3 2 }
  .bar { fill: #1f883d } .missed { fill: #cf222e } .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 } .grid { stroke: #3d444d } .peer { stroke: #9198a1 } .least, .hoped { stroke: #f0883e }
    .bar { fill: #3fb950 } .missed { fill: #f85149 } .spread { stroke: #f0f6fc }
  }`

const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function tag(name, attributes, ...content) {
  const text = Object.entries(attributes).map(([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 10) / 10 : escaped(value)}"`).join('')
  return content.length > 0 ? `<${name}${text}>${content.join('')}</${name}>` : `<${name}${text}/>`
}

const label = (x, y, text, kind = '') => tag('text', { x, y, class: kind }, escaped(text))
const upright = (x, y, height, kind) => tag('line', { x1: x, x2: x, y1: y, y2: y + height, class: kind })

function bar(each, i, scale) {
  const y = TOP + i * LINE
  const peer = each.kind === 'times' ? `${each.measured.toFixed(1)}x` : `1/${each.measured.toFixed(1)}`
  const end = scale(each.measured)
  return [
    label(LABEL - 10, y + BAR, `${each.what}`, 'end'),
    tag('rect', { x: scale(1), y: y + 1, width: Math.max(1, end - scale(1)), height: BAR, rx: 2, class: each.verdict === 'missed' ? 'missed' : 'bar' }),
    ...(each.n > 1 ? [tag('line', { x1: scale(each.from), x2: scale(each.to), y1: y + 1 + BAR / 2, y2: y + 1 + BAR / 2, class: 'spread' })] : []),
    upright(scale(each.least), y - 3, BAR + 8, 'least'),
    ...(each.hoped ? [upright(scale(each.hoped), y - 3, BAR + 8, 'hoped')] : []),
    label(Math.max(end, scale(each.hoped ?? each.least), scale(each.to)) + 8, y + BAR, peer),
  ].join('\n')
}

export function chart({ trial, rows, targets }) {
  const drawn = targets.filter((each) => each.chart && each.n > 0)
  const most = Math.max(2, ...drawn.flatMap((each) => [each.to, each.least, each.hoped ?? 1]))
  const width = WIDTH - LABEL - RIGHT
  const scale = (n) => LABEL + (Math.log2(Math.max(1, n)) / Math.log2(most)) * width
  const bottom = TOP + drawn.length * LINE
  const versions = Object.values(rows)[0]
  const foot = versions ? `${versions.cpu}, ${versions.cores} cores; ${versions.versions}` : 'nothing is measured yet'
  const grid = GRID.filter((n) => n <= most).flatMap((n) => [upright(scale(n), TOP - 10, bottom - TOP + 6, n === 1 ? 'peer' : 'grid'), label(scale(n), TOP - 16, `${n}x`, 'small middle')])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + FOOT}" width="${WIDTH}" height="${bottom + FOOT}" role="img" aria-label="willaq beside its peers">`,
    `<style>${STYLE}\n</style>`,
    label(14, 24, `willaq beside Node and BullMQ${trial ? ' — a trial: the figures mean nothing' : ''}`, 'title'),
    label(14, 44, 'how many times as fast, or as cheap; 1x is the peer. Marks: at least (solid), hoped for (dashed). Thin line: from the least to the best pair', 'small'),
    ...grid,
    ...drawn.map((each, i) => bar(each, i, scale)),
    label(14, bottom + 22, foot.length > CHARS ? `${foot.slice(0, CHARS)}…` : foot, 'small'),
    '</svg>\n',
  ].join('\n')
}
