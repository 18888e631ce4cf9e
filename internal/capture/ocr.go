package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/image/draw"
)

// Line is one line of a picture's text, from top to bottom.
type Line struct {
	Text  string
	Words []Word
}

// Word is a part of a line as the reader took it; a Chinese word is often a letter.
type Word struct {
	From, To int     // in bytes of the line's text
	Sure     float64 // 0 to 100
	Height   int     // pixels of what was read
}

// sure is how sure the reader is of the least sure word of a part of the line.
func (l Line) sure(from, to int) float64 {
	out := 100.0
	for _, w := range l.Words {
		if w.From < to && w.To > from {
			out = min(out, w.Sure)
		}
	}
	return out
}

// Reader reads the text of a JPEG. It ends with its context.
type Reader interface {
	Read(ctx context.Context, picture []byte) ([]Line, error)
}

// Tesseract reads with the command of that name (version 5, Chinese and English).
type Tesseract struct{ Command string }

// FindTesseract looks for the command; an error says what to install.
func FindTesseract() (*Tesseract, error) {
	path, err := exec.LookPath("tesseract")
	if err != nil {
		return nil, errors.New("the command tesseract was not found: pictures are kept and shown, and what stands on them is asked of the customer; install the Debian packages tesseract-ocr and tesseract-ocr-chi-sim")
	}
	return &Tesseract{path}, nil
}

const (
	readWithin = 30 * time.Second
	// firstWide is how wide a picture is at most when it is read first, in pixels.
	firstWide = 1600
	// The reader knows letters of about this height best; where those of a picture
	// are smaller or larger, it is scaled and read again.
	letterLow, letterBest, letterHigh = 24, 34, 44
	widest                            = 4000
)

// Read runs the command, on one core, and again where the letters were too large or
// too small to be read well.
func (t *Tesseract) Read(ctx context.Context, sent []byte) ([]Line, error) {
	src, err := jpeg.Decode(bytes.NewReader(sent))
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	wide := float64(src.Bounds().Dx())
	factor := min(1, firstWide/wide)
	lines, err := t.once(ctx, scaled(src, factor))
	if err != nil {
		return nil, err
	}
	height := float64(letters(lines))
	if height == 0 {
		height = letterBest / 2 // nothing at all: small print
	}
	if height >= letterLow && height <= letterHigh {
		return lines, nil
	}
	again, err := t.once(ctx, scaled(src, min(factor*letterBest/height, widest/wide, 4)))
	if err != nil || mean(again) < mean(lines) {
		return lines, err
	}
	return again, nil
}

func (t *Tesseract) once(ctx context.Context, src image.Image) ([]Line, error) {
	var in bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&in, src); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	command := exec.CommandContext(ctx, t.Command, "stdin", "stdout", "-l", "chi_sim+eng", "--psm", "6", "tsv") //nolint:gosec // the command that was found
	command.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	command.Stdin = &in
	var out, problem bytes.Buffer
	command.Stdout, command.Stderr = &out, &problem
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("tesseract: %w: %s", err, strings.TrimSpace(problem.String()))
	}
	return parse(out.String()), nil
}

// scaled is a grey picture of another size.
func scaled(src image.Image, factor float64) image.Image {
	b := src.Bounds()
	out := image.NewGray(image.Rect(0, 0, max(1, int(float64(b.Dx())*factor)), max(1, int(float64(b.Dy())*factor))))
	draw.CatmullRom.Scale(out, out.Bounds(), src, b, draw.Src, nil)
	return out
}

// letters is the height of the middle word, in pixels; 0 without words.
func letters(lines []Line) int {
	var all []int
	for _, l := range lines {
		for _, w := range l.Words {
			all = append(all, w.Height)
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// mean is how sure the reader was of a word, on the whole.
func mean(lines []Line) float64 {
	sum, n := 0.0, 0
	for _, l := range lines {
		for _, w := range l.Words {
			sum, n = sum+w.Sure, n+1
		}
	}
	return sum / float64(max(1, n))
}

// parse reads the command's table: level, page, block, paragraph, line, word,
// left, top, width, height, confidence, text; words are level 5.
func parse(table string) []Line {
	var out []Line
	last := ""
	for row := range strings.Lines(table) {
		cells := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		if len(cells) < 12 || cells[0] != "5" || strings.TrimSpace(cells[11]) == "" {
			continue
		}
		sure, err := strconv.ParseFloat(cells[10], 64)
		if err != nil {
			continue
		}
		height, _ := strconv.Atoi(cells[9]) // 0 where it is none
		key := strings.Join(cells[1:5], " ")
		if key != last {
			out, last = append(out, Line{}), key
		}
		line := &out[len(out)-1]
		line.Text = joined(line.Text, cells[11])
		line.Words = append(line.Words, Word{len(line.Text) - len(cells[11]), len(line.Text), sure, height})
	}
	return out
}

// joined puts a word behind a line: Chinese is written without spaces.
func joined(line, word string) string {
	if line == "" {
		return word
	}
	last, first := []rune(line), []rune(word)
	if plainLetter(last[len(last)-1]) && plainLetter(first[0]) {
		return line + " " + word
	}
	return line + word
}

func plainLetter(r rune) bool { return r < unicode.MaxLatin1 }

// words counts what was made out.
func words(lines []Line) int {
	n := 0
	for _, l := range lines {
		for _, r := range l.Text {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				n++
			}
		}
	}
	return n / 2
}
