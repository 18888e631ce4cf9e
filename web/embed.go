// Package web holds the built pages: the demo hall, the customer's chat and its
// widget, the desk, the console and the sample bank. They are built by
// `npm run build` into dist, which is not committed; without a build Dist holds
// only a placeholder and the server says so.
package web

import "embed"

// Dist is the tree written by `npm run build`, rooted at "dist". The sample bank
// stands in dist/samplebank and is served from an origin of its own.
//
//go:embed all:dist
var Dist embed.FS
