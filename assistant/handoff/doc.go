// Package handoff is the desk behind a conversation: who waits for a person, who
// is on duty, who is rung, who owns a conversation until it is handed back.
//
// Invariants:
//   - A conversation has at most one open handoff (a unique index), and a handoff
//     has at most one agent. Every change names the version it was decided from;
//     a change decided from an older version does nothing.
//   - Nothing is lost: a request is taken from the engine's outbox in the same
//     transaction that queues it, and what the conversation is to be told is
//     written by the same statement that changes the handoff.
//   - A conversation is told its changes in order, each once: the next is given
//     to the engine after the one before has been answered. Ids are made from
//     the handoff and the number, so that a repeat is harmless.
//   - An agent owns while the lease lives. When it ends the conversation returns
//     to the head of its queue and is told so; the digital employee goes on.
//   - Any number of nodes run a Desk on one database. Hints over the bus only make
//     it quick, a sweep each second finds what they missed. The nodes' clocks
//     agree within a second (NTP): leases are compared by them.
package handoff
