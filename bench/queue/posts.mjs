// SPDX-License-Identifier: MIT
// posts.mjs — a file of signed webhooks for webhook_load: one text message each, every one new.
import { createHmac } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const SECRET = 'bench-secret'
export const BODY_BYTES = 700

function webhook(i) {
  const message = { from: '593900000001', id: `wamid.${String(i).padStart(12, '0')}`, timestamp: '1781000000', type: 'text', text: { body: '' } }
  const value = { messaging_product: 'whatsapp', metadata: { display_phone_number: '15550001', phone_number_id: '900200300400501' },
    contacts: [{ profile: { name: 'A name' }, wa_id: '593900000001' }], messages: [message] }
  const all = { object: 'whatsapp_business_account', entry: [{ id: '900100200300401', changes: [{ field: 'messages', value }] }] }
  message.text.body = 'x'.repeat(BODY_BYTES - JSON.stringify(all).length)
  return JSON.stringify(all)
}

// The path of the file; it goes with the process.
export function writePosts(n) {
  const dir = mkdtempSync(join(tmpdir(), 'willaq-bench-'))
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
  const path = join(dir, 'posts')
  const file = openSync(path, 'w')
  for (let i = 0; i < n; ) {
    let text = ''
    for (const end = Math.min(n, i + 1000); i < end; i++) {
      const body = webhook(i)
      text += `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}${body}\n`
    }
    writeSync(file, text)
  }
  closeSync(file)
  return path
}
