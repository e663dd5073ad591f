// SPDX-License-Identifier: MIT
// callgrind.mjs — a program under callgrind: its instructions between two moments, by the file that they stand in.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { start, until } from '../system/support.mjs'

const LOOK_MS = 10
const SAME_LOOKS = 10 // with nobody having run in between
const IDLE_MS = 120_000

// Every processor is shown as the same: libcrypto and libc choose their code by what it can do.
const SAME_PROCESSOR = {
  OPENSSL_ia32cap: '0x0:0x0',
  GLIBC_TUNABLES: 'glibc.cpu.hwcaps=-AVX_Usable,-AVX2_Usable,-AVX512F_Usable,-AVX,-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-AVX_Fast_Unaligned_Load,-EVEX,-ERMS,-FSRM,-BMI1,-BMI2,-LZCNT,-MOVBE,-SSE4_2,-SSSE3',
}

export class Counted {
  // `without`: functions whose work, by the clock, is nobody's: left out with all that they call.
  constructor(name, argv, { dir, t, env = {}, without = [] }) {
    this.out = join(dir, `callgrind.${name}`)
    this.without = without
    const tool = ['--tool=callgrind', '--instr-atstart=no', '--dump-line=no', `--callgrind-out-file=${this.out}`, ...argv]
    this.program = start(tool, { t, bin: 'valgrind', env: { ...SAME_PROCESSOR, ...env } })
    this.pid = this.program.pid
    this.parts = 0
  }

  tell(...command) {
    execFileSync('vgdb', [`--pid=${this.pid}`, ...command], { stdio: 'pipe' })
  }

  on() {
    this.tell('instrumentation', 'on')
  }

  // {object file: instructions} since it was on.
  off() {
    this.tell('instrumentation', 'off')
    this.tell('dump')
    const file = `${this.out}.${++this.parts}`
    if (!readdirSync(join(file, '..')).includes(basename(file))) throw new Error(`callgrind wrote no ${file}`)
    return selfCosts(readFileSync(file, 'utf8'), this.without)
  }

  // Not by SIGTERM: what it would wait for by its clock may never come.
  stop() {
    this.program.kill()
    return this.program.end()
  }
}

// Callgrind's format: a name stands once, its number from then on; the line behind calls= is what the called one took.
export function selfCosts(text, without = []) {
  const names = { ob: new Map(), fn: new Map() }
  const named = (kind, what) => {
    const [, id, name] = /^\((\d+)\)(?: (.*))?$/.exec(what)
    if (name) names[kind].set(id, name)
    return names[kind].get(id)
  }
  const costs = {}
  let left = 0
  let object
  let callee
  let called = false
  for (const line of text.split('\n')) {
    const [, key, what] = /^(ob|cob|fn|cfn|calls)=(.*)$/.exec(line) ?? []
    if (key === 'ob') object = basename(named('ob', what))
    else if (key === 'cob') named('ob', what)
    else if (key === 'fn') named('fn', what)
    else if (key === 'cfn') callee = named('fn', what)
    else if (key === 'calls') called = true
    else if (/^[+*\d-]/.test(line)) {
      const cost = Number(line.split(' ')[1])
      if (!called) costs[object] = (costs[object] ?? 0) + cost
      else if (without.includes(callee)) left += cost
      called = false
    }
  }
  if (left > 0) costs['left out'] = -left
  return costs
}

const ran = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return [stat.slice(stat.lastIndexOf(')') + 2)[0], readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]]
}

// Stands still when this resolves: what comes then is found all at once.
export async function standStill(pid) {
  process.kill(pid, 'SIGSTOP')
  await until(() => ran(pid)[0] === 'T')
}

// Until all of them wait at once, for anything: asked of the kernel, so that none is woken by the question.
export async function idle(...pids) {
  const end = performance.now() + IDLE_MS
  let last = ''
  for (let same = 0; same < SAME_LOOKS; ) {
    if (performance.now() > end) throw new Error(`${pids.join(', ')} are not idle after ${IDLE_MS} ms`)
    const states = pids.map(ran)
    const now = states.map(([, ns]) => ns).join(' ')
    same = states.every(([state]) => state === 'S') && now === last ? same + 1 : 0
    last = now
    await pause(LOOK_MS)
  }
}
