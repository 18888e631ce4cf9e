// Package relay is the TURN server that stands in front of the media server.
//
// It exists so that a customer behind a closed network can still reach the
// media server, and it relays to the media server and to nothing else. A TURN
// server that relays to any address is a way into the bank's network, so what
// may be reached is a short list of UDP addresses, address and port, that the
// caller gives. Three walls keep to it:
//
//   - a permission or channel for an IP that is not in the list is refused;
//   - every datagram a client sends is compared with the list again, port
//     included, in the relay's own socket, because the library's permission
//     knows no ports;
//   - every datagram that arrives at a relay socket from elsewhere is dropped.
//
// IPv4-mapped IPv6 spellings are reduced to IPv4 before each comparison. TCP
// allocations (RFC 6062) are refused.
//
// Credentials are those of the TURN REST draft: "expiry:session.person" with an
// HMAC of it as password. They end with the session, whatever their expiry says.
package relay
