// Package remote joins conversations and media: an agent beside the customer.
//
// # What holds
//
//   - A session belongs to one conversation. It is offered only by the agent who
//     owns the conversation at that moment (one statement checks and inserts),
//     and begins only by the customer's own word over the signed-in socket of
//     that conversation. There is no address or link that opens one.
//   - offered → live → ended; ended is final. A conversation has at most one
//     session that has not ended. When the agent no longer owns the
//     conversation, the session ends.
//   - Nobody sees anything before the customer's consent to that very sharing,
//     and only a browser tab whose capture handle is the bank's may be shared.
//     Until then the media server neither forwards nor keeps a packet of it.
//   - A recording holds nothing from before both have agreed to it, and ends when
//     one takes that back. It is written to the sealed log of media/evidence, whose
//     data key is wrapped by the master key and whose anchors are rows that can only
//     be inserted. A node that starts gives the files of lost nodes their end.
//   - A supervisor comes only by Visit. Everybody is told before a packet of the two can
//     reach the supervisor and before one of the supervisor's can reach the customer; a
//     whisper reaches the agent alone, and no recording.
//   - Either side can end at any time; the customer's word needs nothing else.
//   - Signalling may come from the sockets of any node: the session lives on the
//     node it was offered on, others pass frames over the bus. What is lost there
//     is asked for again: a client joins anew and gets fresh offers.
//   - The conversation hears "started" and "ended" exactly once each, as inputs
//     named session:<id>:<state>, also after a crash (Run sweeps).
//   - What a flow asks of staff is a request: taken from the outbox, changed only
//     under its row's lock, with the words for its conversation and the audit in
//     the same transaction. Words are told in order, each under an id that is
//     heard once, by any node; a session's verdict only after its agent has left.
//   - A request is never passed with a mandatory item open, without the customer
//     having been met where the flow wants it, or by who had a hand in the same
//     run where another person must decide.
//
// The frames are described in docs/remote-signalling.md.
package remote
