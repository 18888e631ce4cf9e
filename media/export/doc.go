// Package export makes playable files from the sealed log of a session: one WebM
// for each source (VP8 or Opus, as it was sent: nothing is coded anew), all on the
// session's own timeline, and a manifest that says what is in them.
//
// # What holds
//
//   - Zero of every file is the beginning of the recording, and each is as long as
//     the recording: files can be played side by side without offsets.
//   - Media time comes from RTP timestamps. Sender reports put the sources of one
//     person in step; where there are none, the packets that were delayed least do.
//   - A timestamp that can't be (a jump, a new stream) begins a new run, placed
//     where its packets came: no jump makes the file longer.
//   - Where there was no sound, the file has coded silence, so that decoders that
//     only count packets stay in step. A picture is shown until the next one that
//     can be decoded: after a loss that is the next key frame.
//   - What is missing is told in the manifest, never filled with something else.
//   - Memory is bounded: packets are put in order within a window.
package export
