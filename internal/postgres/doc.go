// Package postgres opens the one database: it finds or starts a server, runs
// the migrations as the owner, and hands out a pool that connects as a role
// that owns nothing.
//
// Invariants:
//   - The program never runs a statement as the owner of a table, apart from
//     migrations; row-level security therefore always applies.
//   - A private cluster listens on a Unix socket only and dies with its owner.
//   - A database that is newer than the program stops the program.
package postgres
