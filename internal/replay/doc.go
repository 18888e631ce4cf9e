// Package replay opens recorded sessions for those who may look at them.
//
// # What holds
//
//   - Nothing is opened without a person and a reason, and both stand in the audit
//     log before a file is made.
//   - What is playable is in clear: it lies in a private folder, is made once for a
//     session however many look at it, and is removed when nobody does any more,
//     after an hour without use, and at the start of a program that finds it.
//   - An opening belongs to one person. Its files are given for its secret only,
//     which its person alone got, and for a limited time.
//   - The number of openings and the bytes of the folder are bounded.
//   - A check is made of the sealed files themselves, against keys and anchors from
//     the database, each time it is asked for.
package replay
