// Package desk is the socket of agents and supervisors: the waiting list, rings,
// the conversations an agent owns, and what the agent says in them.
//
// Invariants:
//   - What a desk shows is derived from the desk's and the engine's rows each
//     time something may have changed and compared with what was sent last. A
//     socket that was cut says nothing when it comes back: it gets welcome, its
//     rings and one taken for every conversation it still owns.
//   - taken is sent once the conversation itself knows its agent, so that a send
//     that follows can't come too early; after a second it is sent anyway and a
//     send that comes too early is answered with busy.
//   - accepted is sent only for an input that is durable, and never for a message
//     that came too late to be said.
//   - Personal data is masked on its way to the desk; secrets never are on it.
package desk
