// Package web is the customer's socket: frames of internal/wire in, inputs of
// the engine out, committed messages back in sequence.
//
// Invariants:
//   - An accepted frame is sent only for an input that is durable.
//   - Messages are sent in seq order without a gap, each once a socket; the
//     client names the last one it rendered and gets the rest.
//   - A client that does not read is closed with a code that says "reconnect and
//     resume" once MaxQueued bytes wait; nobody else waits for it.
//   - Compression is off: a deflate bomb passes a read limit.
package web
