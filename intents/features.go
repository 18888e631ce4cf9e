package intents

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pingdui/pingdui/internal/lexicon"
	"github.com/pingdui/pingdui/internal/zh"
)

// block is one family of features. Each is normalised to unit length by itself
// before it is weighted, so that a long word's many character n-grams don't
// drown its one word feature.
type block uint8

const (
	blockWord    block = iota // word 1- and 2-grams, stems
	blockChar                 // character 2- to 5-grams within Latin words
	blockHan                  // 1- to 3-grams of Chinese characters
	blockPinyin               // 1- to 3-grams of toneless syllables: homophones
	blockMeaning              // concepts of the lexicon and kinds of entities
	blockShape                // 2- to 4-grams around entities, each as one sign: 转¤给@
	blockCount
)

// blockWeight was set on the development files: character n-grams carry typos
// and inflections, words carry meaning; pinyin only has to tip the scales.
func blockWeight(b block) float64 {
	switch b {
	case blockWord:
		return 1
	case blockChar:
		return 0.9
	case blockHan:
		return 1
	case blockMeaning:
		return 0.5
	case blockShape:
		return 0.4
	default:
		return 0.45
	}
}

// feature is one raw feature: a 64-bit hash whose top bits name its block. With
// some hundred thousand features a collision is a matter of one in a billion,
// so no strings are kept.
type feature uint64

const blockShift = 61

func (f feature) block() block { return block(f >> blockShift) }

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func hashOf(b block, kind byte, parts ...string) feature {
	h := uint64(fnvOffset)
	h = (h ^ uint64(kind)) * fnvPrime
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * fnvPrime
		}
		h = (h ^ 0xff) * fnvPrime
	}
	// FNV's high bits mix slowly on short keys: finish as murmur3 does.
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return feature(uint64(b)<<blockShift | h>>(64-blockShift))
}

// extractor makes features of a text.
type extractor struct {
	zh  *zh.Normalizer
	lex *lexicon.Lexicon
	han bool // the model knows Chinese: Latin pinyin is read as syllables too
}

func newExtractor(words string, han bool) extractor {
	return extractor{zh: zh.New(), lex: lexicon.New(words), han: han}
}

// features gives the raw features of a text, repeats kept. Digits count as one
// digit: 500 and 300 are the same thing to an intent.
func (x extractor) features(text string) []feature {
	s := x.lex.Standard(x.zh.Fold(text))
	out := make([]feature, 0, 8*len(s)+8)
	words, han := split(s)
	out = wordFeatures(out, words)
	out = hanFeatures(out, han)
	out = x.meaningFeatures(out, s)
	return x.pinyinFeatures(out, s)
}

// split cuts a folded text into Latin words (digits as 0) and runs of Chinese.
func split(s string) (words []string, han [][]rune) {
	var word strings.Builder
	var run []rune
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
		if len(run) > 0 {
			han = append(han, run)
			run = nil
		}
	}
	for i, r := range s {
		switch {
		case zh.IsHan(r):
			if word.Len() > 0 {
				flush()
			}
			run = append(run, r)
		case unicode.IsDigit(r):
			if len(run) > 0 {
				flush()
			}
			if w := word.String(); !strings.HasSuffix(w, "0") {
				word.WriteByte('0')
			}
		case unicode.IsLetter(r):
			if len(run) > 0 {
				flush()
			}
			word.WriteRune(r)
		case r == '\'' || r == '’':
			if i+1 >= len(s) || word.Len() == 0 {
				flush()
			} // don't → dont, as many write it anyway
		default:
			flush()
			if r == '?' {
				words = append(words, "?")
			}
		}
	}
	flush()
	return words, han
}

func wordFeatures(out []feature, words []string) []feature {
	prev := "<"
	prev2 := ""
	for _, w := range words {
		st := stem(w)
		out = append(out, hashOf(blockWord, 'w', w))
		if st != w {
			out = append(out, hashOf(blockWord, 's', st))
		} else {
			out = append(out, hashOf(blockWord, 's', w))
		}
		out = append(out, hashOf(blockWord, 'b', prev, st))
		if prev2 != "" {
			out = append(out, hashOf(blockWord, 'k', prev2, st))
		}
		prev2, prev = prev, st
		if w != "?" {
			out = charFeatures(out, w)
		}
	}
	return out
}

func charFeatures(out []feature, w string) []feature {
	if len(w) > 40 {
		w = w[:40]
	}
	p := "<" + w + ">"
	for n := 2; n <= 5; n++ {
		for i := 0; i+n <= len(p); i++ {
			out = append(out, hashOf(blockChar, 'c', p[i:i+n]))
		}
	}
	return out
}

func hanFeatures(out []feature, runs [][]rune) []feature {
	for _, run := range runs {
		s := string(run)
		at := make([]int, 0, len(run)+1)
		for i := range s {
			at = append(at, i)
		}
		at = append(at, len(s))
		for n := 1; n <= 3; n++ {
			for i := 0; i+n < len(at); i++ {
				out = append(out, hashOf(blockHan, byte('0'+n), s[at[i]:at[i+n]]))
			}
		}
		out = append(out, hashOf(blockHan, '^', s[:at[min(2, len(run))]]), hashOf(blockHan, '$', s[at[max(0, len(run)-2)]:]))
	}
	return out
}

// pinyinFeatures adds the syllables of Chinese characters, and, where the model
// knows Chinese, of Latin letters that read as pinyin (zhuanzhang).
func (x extractor) pinyinFeatures(out []feature, s string) []feature {
	if !x.han {
		return out
	}
	var syl []string
	for _, p := range x.zh.Pinyin(s) {
		if r, _ := utf8.DecodeRuneInString(p); r < utf8.RuneSelf && !x.zh.IsSyllable(p) {
			if cut := x.zh.Syllables(p); len(cut) > 0 {
				syl = append(syl, cut...)
			}
			continue
		}
		syl = append(syl, p)
	}
	for i := range syl {
		out = append(out, hashOf(blockPinyin, '1', syl[i]))
		if i+1 < len(syl) {
			out = append(out, hashOf(blockPinyin, '2', syl[i], syl[i+1]))
		}
		if i+2 < len(syl) {
			out = append(out, hashOf(blockPinyin, '3', syl[i], syl[i+1], syl[i+2]))
		}
	}
	return out
}

// stem cuts the commonest English endings; it need not be a word afterwards,
// only the same for the forms of one word.
func stem(w string) string {
	n := len(w)
	switch {
	case n > 5 && strings.HasSuffix(w, "ing"):
		w = w[:n-3]
	case n > 5 && strings.HasSuffix(w, "ies"):
		return w[:n-3] + "y"
	case n > 4 && strings.HasSuffix(w, "ied"):
		return w[:n-3] + "y"
	case n > 4 && strings.HasSuffix(w, "ed"):
		w = w[:n-2]
	case n > 4 && strings.HasSuffix(w, "es") && strings.ContainsAny(w[n-3:n-2], "sxzh"):
		return w[:n-2]
	case n > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"):
		return w[:n-1]
	default:
		return strings.TrimSuffix(w, "e")
	}
	if m := len(w); m > 3 && w[m-1] == w[m-2] && w[m-1] != 'l' && w[m-1] != 's' {
		w = w[:m-1]
	}
	return strings.TrimSuffix(w, "e")
}

// vector is a sparse vector: ascending ids and their values.
type vector struct {
	id []int32
	v  []float32
}

// vocabulary maps features to dense ids with their inverse document frequency.
type vocabulary struct {
	features []feature // the frequent first; the index is the id
	idf      []float32
	table    []int32 // open addressing: id + 1, 0 is empty
	unknown  float32 // idf of a feature never seen
}

// index makes lookup ready; it says false when a feature stands twice.
func (v *vocabulary) index() bool {
	size := 16
	for size < 2*len(v.features) {
		size *= 2
	}
	v.table = make([]int32, size)
	for id, f := range v.features {
		at := int(f) & (size - 1)
		for v.table[at] != 0 {
			if v.features[v.table[at]-1] == f {
				return false
			}
			at = (at + 1) & (size - 1)
		}
		v.table[at] = int32(id + 1) //nolint:gosec // bounded by maxFeatures
	}
	return true
}

func (v *vocabulary) lookup(f feature) int32 {
	mask := len(v.table) - 1
	for at := int(f) & mask; ; at = (at + 1) & mask {
		id := v.table[at]
		if id == 0 {
			return -1
		}
		if v.features[id-1] == f {
			return id - 1
		}
	}
}

// vector weighs a text's features: sublinear tf × idf, each block of unit
// length times its weight, then the whole of unit length. Unknown features count for the
// length: a text of unknown words must not look certain. known is the share
// (0..1) of the idf mass of words and characters that the vocabulary knows.
func (v *vocabulary) vector(fs []feature, countUnknown float64) (x vector, known float64) {
	slices.Sort(fs)
	var norm, lost [blockCount]float64
	for i := 0; i < len(fs); {
		j := i
		for j < len(fs) && fs[j] == fs[i] {
			j++
		}
		tf := 1 + math.Log(float64(j-i))
		b := fs[i].block()
		if id := v.lookup(fs[i]); id >= 0 {
			val := tf * float64(v.idf[id])
			norm[b] += val * val
			x.id = append(x.id, id)
			x.v = append(x.v, float32(val))
		} else {
			val := tf * float64(v.unknown)
			lost[b] += val * val
		}
		i = j
	}
	var scale [blockCount]float64
	var total, have, all float64
	for b := range blockCount {
		w := blockWeight(b)
		n := norm[b] + countUnknown*lost[b]
		if n > 0 {
			scale[b] = w / math.Sqrt(n)
			total += w * w
		}
		if b < blockPinyin {
			have += norm[b]
			all += norm[b] + lost[b]
		}
	}
	if total == 0 {
		return vector{}, 0
	}
	whole := 1 / math.Sqrt(total)
	for i, id := range x.id {
		x.v[i] *= float32(scale[v.features[id].block()] * whole)
	}
	sortVector(x)
	if all > 0 {
		known = have / all
	}
	return x, known
}

// sortVector puts the ids in order: they follow frequency, and features come by
// their hash.
func sortVector(x vector) {
	if slices.IsSorted(x.id) {
		return
	}
	order := make([]int, len(x.id))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(x.id[a] - x.id[b]) })
	id, val := slices.Clone(x.id), slices.Clone(x.v)
	for i, o := range order {
		x.id[i], x.v[i] = id[o], val[o]
	}
}
