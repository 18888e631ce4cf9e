// Package scenes is the content the product ships with: articles, intents,
// tables, digital employees, the scripted scenes and every general sentence the
// dialogue says. It holds files and no behaviour; assistant/content compiles them
// and internal/release makes the first release of them.
package scenes

import "embed"

// FS holds the shipped content, laid out as a release is: articles/<group>/<id>.yaml,
// intents/<name>.yaml, tables/<name>.csv, employees/<id>.yaml, scenes/<nn-name>/…
// operations.yaml, phrases.yaml and wording.yaml. All text is UTF-8.
//
//go:embed all:articles all:intents all:tables all:employees all:scams all:scenes operations.yaml phrases.yaml wording.yaml
var FS embed.FS
