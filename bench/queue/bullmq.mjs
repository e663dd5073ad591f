// SPDX-License-Identifier: MIT
// bullmq.mjs — BullMQ of two majors, beside each other.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const modules = { 5: () => require('bullmq5'), 6: () => require('bullmq6') }

export function bullmq(major) {
  return modules[major]()
}

export function versionOf(major) {
  return require(`bullmq${major}/package.json`).version
}

export function queueOf(major, port, name) {
  const { Queue } = bullmq(major)
  return new Queue(name, { connection: { host: '127.0.0.1', port } })
}
