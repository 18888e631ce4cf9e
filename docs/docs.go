// Package docs holds the pages that leave the house with what they describe.
package docs

import _ "embed"

// EvidenceFormat is the evidence file, byte by byte.
//
//go:embed evidence-format.md
var EvidenceFormat string
