// Package evidence keeps the sealed log of a remote session: what was sent, said,
// agreed to and shown, in the order it came, so that nobody can change, cut or
// swap any of it without being found. It knows frames by number and nothing of
// banks, chats or databases. docs/evidence-format.md has the bytes.
//
// # What holds
//
//   - A file is one segment of one session: a header, an opening seal, blocks each
//     followed by its seal, and a final seal. Files are only appended to.
//   - Each block is encrypted under the session's own data key. Hashes are over
//     what stands in the file, so a checker needs no key, and destroying the key
//     is deletion.
//   - h_0 = SHA-256(header), h_i = SHA-256(h_{i-1} ‖ block i). Every seal signs its
//     h_i with its session, segment, counter, state and time (Ed25519).
//   - A block is sealed once a second, and at once when it is full: written,
//     fsynced, and its anchor handed on, in that order. So what is anchored is on
//     the disk, and a crash loses at most a second.
//   - Memory is bounded: one block being filled and one being written. When the
//     disk is slower than what comes, facts wait (Append) and packets are counted
//     and told of by a gap frame (Offer). Nothing is dropped silently.
//   - A failed write, or a minute without an anchor stored, ends the recording:
//     Done is closed and Err says why. It never goes on in another place.
//   - The log stamps frames itself, so file order is time order within a segment.
//   - Recovery cuts only behind the last anchored seal. A file that lost more than
//     that was damaged by something else than a crash, and is left as it is.
package evidence
