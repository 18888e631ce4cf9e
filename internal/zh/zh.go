// Package zh is the one text normaliser of the product: whatever compares,
// indexes or classifies what people write goes through it first, so that
// ＡＢＣ, 轉賬 and "Hello   World" mean the same to every room.
//
// A normalised text keeps a map back to the bytes it was made from; what is
// found in the normalised text can therefore be cut out of the original one.
package zh

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/longbridgeapp/opencc"
	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// MaxRunes is how much of a text is looked at; what follows is cut off. No
// customer writes more in one message, and every cost here is linear in it.
const MaxRunes = 2000

// hanFirst and hanLast bound the block in which simplification and pinyin are
// looked up by index (CJK Unified Ideographs). Rarer blocks pass unchanged.
const (
	hanFirst = 0x4E00
	hanLast  = 0x9FFF
)

// Normalizer holds the tables. It is immutable once built and safe for
// concurrent use.
type Normalizer struct {
	simplified [hanLast - hanFirst + 1]rune   // traditional → simplified, one rune to one
	syllable   [hanLast - hanFirst + 1]uint16 // index into syllables; 0 is none
	syllables  []string                       // toneless pinyin, lower case, ü as v
	known      map[string]uint16              // the syllables, for reading typed pinyin
}

// shared is built on first use and never changes afterwards; building costs
// some tens of milliseconds, so that rooms don't each build their own.
//
//nolint:gochecknoglobals // immutable once built; a function value, not state
var shared = sync.OnceValue(build)

// New returns the normaliser. Its tables are built once per process, on the
// first call; every call returns the same immutable value.
func New() *Normalizer { return shared() }

func build() *Normalizer {
	n := &Normalizer{syllables: []string{""}}
	n.buildSimplified()
	n.buildPinyin()
	return n
}

// buildSimplified asks opencc about every character once, each on its own line
// so that no phrase rule joins two of them: one rune must stay one rune for the
// offset map.
func (n *Normalizer) buildSimplified() {
	var all strings.Builder
	for i := range n.simplified {
		n.simplified[i] = rune(hanFirst + i)
		all.WriteRune(rune(hanFirst + i))
		all.WriteByte('\n')
	}
	cc, err := opencc.New("t2s")
	if err != nil {
		panic(fmt.Sprintf("zh: the embedded conversion table is broken: %v", err))
	}
	out, err := cc.Convert(all.String())
	if err != nil {
		panic(fmt.Sprintf("zh: the embedded conversion table is broken: %v", err))
	}
	for i, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		r, size := utf8.DecodeRuneInString(line)
		if i < len(n.simplified) && size == len(line) && r >= hanFirst && r <= hanLast {
			n.simplified[i] = r
		}
	}
	// Spellings of Hong Kong and Taiwan that the table leaves alone, and 帐,
	// which in a bank is always the misspelt 账.
	for from, to := range map[rune]rune{'帳': '账', '帐': '账', '裡': '里', '裏': '里', '滙': '汇', '妳': '你', '臺': '台', '咭': '卡', '嘅': '的', '喺': '在', '冇': '没', '係': '是'} {
		n.simplified[from-hanFirst] = to
	}
}

func (n *Normalizer) buildPinyin() {
	index := map[string]uint16{}
	n.known = index
	for code, readings := range pinyin.PinyinDict {
		if code < hanFirst || code > hanLast {
			continue
		}
		first, _, _ := strings.Cut(readings, ",")
		s := toneless(first)
		id, ok := index[s]
		if !ok {
			id = uint16(len(n.syllables)) //nolint:gosec // some four hundred syllables
			index[s] = id
			n.syllables = append(n.syllables, s)
		}
		n.syllable[code-hanFirst] = id
	}
}

// toneless strips tone marks: lǜ becomes lv, zhàng becomes zhang.
func toneless(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case r == 0x0308: // diaeresis of ü
			t := b.String()
			b.Reset()
			b.WriteString(strings.TrimSuffix(t, "u") + "v")
		case r < utf8.RuneSelf:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Text is a normalised text with the way back to the original.
type Text struct {
	Orig string // as given
	Norm string // normalised
	from []int32
	to   []int32 // for each byte of Norm: the source segment's bounds in Orig
}

// Span maps a byte span of Norm to the byte span of Orig that it came from.
// Both ends lie on rune boundaries of Orig. An empty or impossible span gives 0, 0.
func (t Text) Span(start, end int) (from, to int) {
	if start < 0 || end > len(t.from) || start >= end {
		return 0, 0
	}
	return int(t.from[start]), int(t.to[end-1])
}

// Normalize folds width and compatibility forms (NFKC), traditional to
// simplified, upper to lower case, digits of any script to 0-9, white space
// runs to one space, repeated punctuation to one, and drops invisible
// characters. Invalid UTF-8 is dropped. Texts are cut at MaxRunes.
func (n *Normalizer) Normalize(s string) Text {
	w := writer{out: make([]byte, 0, len(s)), from: make([]int32, 0, len(s)), to: make([]int32, 0, len(s))}
	var buf [64]byte
	for i, runes := 0, 0; i < len(s) && runes < MaxRunes; runes++ {
		r, size := utf8.DecodeRuneInString(s[i:])
		next := i + size
		switch {
		case r == utf8.RuneError && size <= 1:
		case r < utf8.RuneSelf && (next >= len(s) || s[next] < utf8.RuneSelf || s[next] >= 0xE3):
			w.put(r, i, next)
		case r >= hanFirst && r <= hanLast:
			w.put(n.simplified[r-hanFirst], i, next)
		default:
			if k := norm.NFKC.NextBoundaryInString(s[i:], true); k > size {
				next = i + k
			}
			for _, c := range string(norm.NFKC.AppendString(buf[:0], s[i:next])) {
				if c >= hanFirst && c <= hanLast {
					c = n.simplified[c-hanFirst]
				}
				w.put(c, i, next)
			}
		}
		i = next
	}
	if k := len(w.out); k > 0 && w.out[k-1] == ' ' {
		w.out, w.from, w.to = w.out[:k-1], w.from[:k-1], w.to[:k-1]
	}
	return Text{Orig: s, Norm: string(w.out), from: w.from, to: w.to}
}

// writer collects normalised runes with their origin.
type writer struct {
	out      []byte
	from, to []int32
	last     rune
}

func (w *writer) put(r rune, from, to int) {
	switch {
	case unicode.IsSpace(r) || unicode.IsControl(r):
		r = ' '
	case r == 0xFFFD || unicode.Is(unicode.Cf, r) || (r >= 0xFE00 && r <= 0xFE0F):
		return // zero-width, direction marks, variation selectors
	case r >= utf8.RuneSelf && unicode.Is(unicode.Nd, r):
		r = digit(r)
	default:
		r = unicode.ToLower(r)
	}
	if (r == ' ' && (w.last == ' ' || len(w.out) == 0)) || (r == w.last && repeats(r)) {
		if k := len(w.to); k > 0 && r != ' ' {
			w.to[k-1] = int32(to) //nolint:gosec // texts are far below 2 GB
		}
		return
	}
	w.last = r
	before := len(w.out)
	w.out = utf8.AppendRune(w.out, r)
	for range len(w.out) - before {
		w.from = append(w.from, int32(from)) //nolint:gosec // as above
		w.to = append(w.to, int32(to))       //nolint:gosec // as above
	}
}

// repeats says whether a run of r means no more than one r.
func repeats(r rune) bool {
	switch r {
	case '!', '?', ',', '.', ';', '。', '、', '~', '…', '～':
		return true
	}
	return false
}

// digit gives the ASCII digit of a decimal digit of any script: Unicode keeps
// the ten of each script together and in order.
func digit(r rune) rune {
	zero := r
	for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	return '0' + (r-zero)%10
}

// Fold is Normalize for who needs no way back.
func (n *Normalizer) Fold(s string) string { return n.Normalize(s).Norm }

// IsHan says whether r is a Chinese character.
func IsHan(r rune) bool {
	return (r >= hanFirst && r <= hanLast) || (r > unicode.MaxLatin1 && unicode.Is(unicode.Han, r))
}
