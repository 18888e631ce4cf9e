// Package handoff is the desk behind a conversation: who waits for a person, who
// is on duty, who is rung, who owns a conversation until it is handed back.
//
// Invariants:
//   - A conversation has at most one open handoff (a unique index), and a handoff
//     has at most one owner. Every change names the version it was decided from;
//     a change decided from an older version does nothing.
//   - Nothing is lost: a request is taken from the engine's outbox in the same
//     transaction that queues it, and what the conversation is to be told is
//     written by the same statement that changes the handoff.
//   - A conversation is told its changes in order, each once: the next is given
//     to the engine after the one before has been answered. Ids are made from
//     the handoff and the number, so that a repeat is harmless.
//   - A call-back is the same one request, booked: open, not in the waiting order
//     until it is due, rung for nobody before. Its slot is fitted by the plan, under
//     the planner's lock, before anybody is told of it; a half hour never holds more
//     than the queue's CallBacks. Once due it is a promise: it is never closed; when
//     the hours end and nobody is there the same change apologises and books the
//     next slot. An agent takes it early only while the customer is in the chat.
//   - An agent owns while the lease lives: the node's while the socket is open,
//     the agent's own once it is cut. When it ends, a second agent who is there
//     takes over; else the conversation returns to the head of its queue and is
//     told so, and the digital employee goes on.
//   - Any number of nodes run a Desk on one database. Each keeps the open rows in
//     memory and reads what newer transactions changed; one at a time decides,
//     under a lock, from rows no older than that lock. Hints over the bus only
//     make it quick, a sweep each second finds what they missed. The nodes' clocks
//     agree within a second (NTP): leases are compared by them.
//
// Who is served first: urgent; then who had an agent already (lost or
// transferred) or was promised this time (a call-back that is due); then who is 65
// or older; then VIP; then who waits longest. Each outweighs all that follow.
//
// Who is rung:
//  1. Never: who lacks a certificate that the queue or the request asks for or
//     whose certificate has ended; who works at home where the request is for
//     on-site agents; who is named in Not; who is rung already, wraps up, is not
//     ready, is cut off, or has the seat full. A seat takes one session of voice
//     or video at a time.
//  2. Who was asked for by name (a transfer), for as long as that was given.
//  3. The customer's own manager; then the agents of the customer's branch. Where
//     one of these is on duty but not free, the queue's OwnFirst is waited for
//     them, except by urgent requests. Both must serve the queue.
//  4. The queue's specialists.
//  5. The specialists of its overflow queues, the n-th after n times
//     OverflowAfter, at once for urgent requests and where nobody before is on duty.
//
// Within each: who speaks the customer's language, then who is idle longest. A
// customer who speaks no Chinese waits for somebody on duty who can talk to them,
// and gets anybody when there is none. Who let it ring is not rung again before
// all others were.
package handoff
