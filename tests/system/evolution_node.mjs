// SPDX-License-Identifier: MIT
// evolution_node.mjs — n8n's node for Evolution API, driven as n8n drives it: what a person chose in its form goes in,
// its requests go out over HTTP, what it makes of the answer comes back.
import node from 'n8n-nodes-evolution-api/dist/nodes/EvolutionApi/EvolutionApi.node.js'

// What n8n's own helper does, which the node was written for.
async function request({ method, uri, headers, body }) {
  const answer = await fetch(uri, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text)
  throw Object.assign(new Error(`${answer.status} - ${text}`), { statusCode: answer.status })
}

const at = (values, path) => path.split('.').reduce((value, name) => value?.[name], values)

export class EvolutionNode {
  constructor(url, key, instance) {
    Object.assign(this, { url, key, instance })
  }

  // The answer as the node gives it on; what it throws has what the server said in `description`.
  async execute(resource, operation, values = {}) {
    const all = { resource, operation, instanceName: this.instance, options_message: {}, ...values }
    const context = {
      getInputData: () => [{}],
      getNode: () => ({ name: 'Evolution API' }),
      getCredentials: async () => ({ 'server-url': this.url, apikey: this.key }),
      continueOnFail: () => false,
      getNodeParameter(name, _item, fallback) {
        const value = at(all, name) ?? fallback
        if (value === undefined) throw new Error(`Could not get parameter "${name}"`)
        return value
      },
      helpers: { request, returnJsonArray: (data) => [data].flat().map((json) => ({ json })) },
    }
    const [[{ json }]] = await node.EvolutionApi.prototype.execute.call(context)
    return json.json?.data ?? json.json ?? json
  }
}
