package capture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // decoders of what cameras and galleries give

	_ "golang.org/x/image/webp" // the same
)

// picture is what is kept of what was sent.
type picture struct {
	bytes         []byte
	kind          string
	width, height int
}

const quality = 90 // of a kept JPEG: letters stay sharp

// clean decodes a picture and draws it anew.
func clean(sent []byte) (picture, error) {
	if len(sent) > MaxPicture {
		return picture{}, ErrLarge
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(sent))
	if err != nil {
		return picture{}, ErrPicture
	}
	// Before anything is decoded: a small file can hold a very large picture.
	if head.Width <= 0 || head.Height <= 0 || head.Width > pixelsMax/head.Height {
		return picture{}, ErrLarge
	}
	if min(head.Width, head.Height) < sideMin {
		return picture{}, ErrSmall
	}
	src, _, err := image.Decode(bytes.NewReader(sent))
	if err != nil {
		return picture{}, ErrPicture
	}
	b := src.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src) // what is clear is paper
	draw.Draw(flat, flat.Bounds(), src, b.Min, draw.Over)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, flat, &jpeg.Options{Quality: quality}); err != nil {
		return picture{}, ErrPicture
	}
	return picture{out.Bytes(), "image/jpeg", b.Dx(), b.Dy()}, nil
}

// film takes a film as it is: its head says which kind it is.
func film(sent []byte) (picture, error) {
	switch {
	case len(sent) > MaxFilm:
		return picture{}, ErrLarge
	case bytes.HasPrefix(sent, []byte{0x1a, 0x45, 0xdf, 0xa3}): // EBML, RFC 8794
		return picture{bytes: sent, kind: "video/webm"}, nil
	case len(sent) > 12 && string(sent[4:8]) == "ftyp": // ISO/IEC 14496-12
		return picture{bytes: sent, kind: "video/mp4"}, nil
	}
	return picture{}, ErrFilm
}
