// Package knowledge turns articles into passages and finds the passages that
// answer a question.
//
// An article (articles/<group>/<id>.yaml of a release) says one thing in
// several wordings: by locale, for elders, for an audience or region, and for
// spans of days. Index makes passages of all articles once, when a release is
// compiled; Search finds them on any node.
//
// Invariants:
//   - Audience, region, edition, locale and the day asked about are conditions
//     of the SQL that finds candidates, so they hold before anything is ranked:
//     what a reader may not see can't even displace what they may.
//   - Curated wordings are returned word for word. A value that a table holds
//     is looked up by its keys, never by similarity.
//   - A passage's key is the hash of its content and of what made its vector;
//     releases share passages.
package knowledge
