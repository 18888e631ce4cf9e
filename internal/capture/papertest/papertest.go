// Package papertest prints papers that tests photograph.
package papertest

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

const (
	width   = 1000 // pixels
	letters = 36   // pixels a line of print is high
	chinese = 2    // which font of the collection is for simplified Chinese
)

// Print is a page with these lines on it, as a JPEG.
func Print(tb testing.TB, lines ...string) []byte {
	tb.Helper()
	raw, err := os.ReadFile("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc") // Debian's fonts-noto-cjk
	if err != nil {
		tb.Fatalf("%v (make browser installs it)", err)
	}
	fonts, err := opentype.ParseCollection(raw)
	if err != nil {
		tb.Fatal(err)
	}
	one, err := fonts.Font(chinese)
	if err != nil {
		tb.Fatal(err)
	}
	face, err := opentype.NewFace(one, &opentype.FaceOptions{Size: letters, DPI: 72})
	if err != nil {
		tb.Fatal(err)
	}
	page := image.NewGray(image.Rect(0, 0, width, max(300, 120+len(lines)*letters*2)))
	draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
	d := font.Drawer{Dst: page, Src: image.NewUniform(color.Gray{Y: 20}), Face: face}
	for i, line := range lines {
		d.Dot = fixed.P(60, 80+i*letters*2)
		d.DrawString(line)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, page, nil); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}
