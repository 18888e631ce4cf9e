// Package media forwards the packets of remote sessions: rooms of a few people,
// one PeerConnection a person, and the built-in TURN server in front of it. It
// knows people and rooms by opaque ids and nothing of chats, banks or agents.
//
// # What holds
//
//   - The server offers and is the impolite side. All negotiation of a person
//     runs in that person's queue; no pion call that can wait is made under a
//     lock or from a pion handler.
//   - A person publishes on named sources: mic, cam, screen, doc. A source is
//     made when the person asks for it (Want) and keeps its identity when the
//     person comes back with a new connection, so that receivers see a gap and
//     no new track.
//   - A source forwards only while it is allowed (Allow). Packets that arrive
//     while it is not are neither forwarded nor kept.
//   - Every source keeps ONE ring of packets and its newest key frame. Every
//     receiver keeps a small map from the sequence numbers it was sent to those
//     of the ring. Lost packets are answered from the ring, at most three times
//     each and not twice within min(100 ms, 2·RTT).
//   - A new receiver gets the newest key frame from the ring at once: all that
//     followed it when the ring still has it, else that one picture and then
//     nothing until the next key frame, which is asked for.
//   - What is tapped (Config.Tap) is what may be forwarded, packet for packet:
//     nothing of a source that is not allowed.
//   - A person may have an audience (Audience): nobody else gets a line for what they
//     send, nor a packet of it, and it is not tapped. Without one everybody does.
//   - Sequence numbers and timestamps towards a receiver never jump backwards.
//   - Connections are closed by the janitor alone, which says so when a close
//     takes longer than five seconds.
//   - Somebody reads the RTCP of every sender and receiver.
//
// Everything that happens is told through one channel, Events, in order.
package media
