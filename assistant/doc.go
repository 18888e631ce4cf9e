// Package assistant is the engine of conversations: one door, Handle, through
// which every input enters, and one order of steps (turn.go) in which it is
// answered.
//
// Invariants:
//   - A conversation is run by one node at a time: owner, epoch and turn_seq
//     guard the one statement that commits a turn; a turn whose guard does not
//     hold leaves no trace and is run again from what is stored.
//   - An input is acknowledged only when it is durable, and answered by exactly
//     one turn: the primary key (conversation, id) and the guard see to it.
//   - Sequence numbers are given under the conversation's row lock and have no gap.
//   - No irreversible operation runs inside a turn: turns commit action rows, a
//     worker runs them with the row's id as the bank's idempotency key, and the
//     outcome comes back as an input of its own.
//   - What decides (Mind) is pure; everything it used is kept in the turn's record.
package assistant
