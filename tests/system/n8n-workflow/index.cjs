// SPDX-License-Identifier: MIT
// index.cjs — all that a node of n8n asks of its host's library: the errors that it throws.
class NodeError extends Error {
  constructor(node, cause, { message, description } = {}) {
    super(message ?? cause?.message ?? String(cause))
    this.description = description
  }
}
module.exports = { NodeApiError: NodeError, NodeOperationError: NodeError }
