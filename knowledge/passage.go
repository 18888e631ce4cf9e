package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// The kinds of passage.
const (
	kindQuestion = "question"
	kindSimilar  = "similar"
	kindAnswer   = "answer"
)

// unit is one passage in its place in a release: the text, and who may see it,
// where and when.
type unit struct {
	Article  string
	Kind     string
	Locale   string // zh or en
	Title    string
	Text     string
	Audience []string
	Region   string
	Edition  string // elder, or empty for all
	Variant  string // an audience this wording is kept for, or empty
	Dated    bool
	Valid    Span

	keywords []string // searched with an answer, never shown
	tokens   []string
	vector   []float32
}

// units makes the passages of an article.
func (a *Article) units() []unit {
	var out []unit
	base := unit{Article: a.ID, Audience: a.Audience, Valid: a.Valid}
	add := func(u unit, kind, locale, text string) {
		if text == "" {
			return
		}
		u.Kind, u.Text, u.Locale = kind, text, locale
		if locale == "zh-elder" {
			u.Locale, u.Edition = "zh", "elder"
		}
		u.Title = pick(a.Title, u.Locale)
		out = append(out, u)
	}
	ask := base
	ask.Valid = a.asked()
	for _, locale := range []string{"zh", "en"} {
		add(ask, kindQuestion, locale, a.Question[locale])
		for _, q := range a.Similar[locale] {
			add(ask, kindSimilar, locale, q)
		}
	}
	wordings := func(u unit, t Text) {
		u.keywords = a.Keywords
		for _, locale := range []string{"zh", "zh-elder", "en"} {
			add(u, kindAnswer, locale, t[locale])
		}
	}
	wordings(base, a.Answer)
	for _, v := range a.Versions {
		u := base
		u.Dated, u.Valid = true, Span{v.From, v.Until}
		wordings(u, v.Answer)
	}
	for _, v := range a.Variants {
		u := base
		u.Variant, u.Region = v.Audience, v.Region
		wordings(u, v.Answer)
	}
	return out
}

// asked is the span in which the article's questions may be asked: its own
// dates and those of its versions.
func (a *Article) asked() Span {
	out := a.Valid
	for _, v := range a.Versions {
		if v.From < out.From {
			out.From = v.From
		}
		if out.Until != "" && (v.Until == "" || v.Until > out.Until) {
			out.Until = v.Until
		}
	}
	return out
}

// pick is the wording for a locale, or the other one rather than none.
func pick(t Text, locale string) string {
	if s := t[locale]; s != "" {
		return s
	}
	if s := t["zh"]; s != "" {
		return s
	}
	return t["en"]
}

// rank says how closely a wording fits: of those that hold, the highest is
// said. A version replaces variants and elders' wordings of other days.
func (u *unit) rank() int {
	n := 0
	if u.Dated {
		n += 16
	}
	if u.Region != "" {
		n += 8
	}
	if u.Variant != "" {
		n += 4
	}
	if u.Edition != "" {
		n += 2
	}
	return n
}

// id is the passage's key: what it holds and what made its vector.
func (u *unit) id(embedder, concepts string) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%q", []string{embedder, concepts, u.Article, u.Kind, u.Locale, u.Title, u.Text, strings.Join(u.keywords, " ")})
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// indexed is the text that is searched: of an answer, with its title.
func (u *unit) indexed() string {
	if u.Kind == kindAnswer {
		return u.Title + "\n" + strings.Join(u.keywords, " ") + "\n" + u.Text
	}
	return u.Text
}

// wording chooses what an article says to a reader on the day asked about, or
// else on the day of asking; nil when it says nothing to them.
func (a *Article) wording(q Query) *unit {
	if u := a.wordingOn(q, q.on()); u != nil || q.asked.From == "" {
		return u
	}
	return a.wordingOn(q, q.day())
}

func (a *Article) wordingOn(q Query, day string) *unit {
	var best *unit
	for _, u := range a.units() {
		if u.Kind != kindAnswer || !u.visible(q, day) {
			continue
		}
		better := best == nil || u.rank() > best.rank()
		if best != nil && (u.Locale == q.locale()) != (best.Locale == q.locale()) {
			better = u.Locale == q.locale()
		}
		if better {
			best = &u
		}
	}
	return best
}

// visible says whether a reader may see a passage on a day, whatever its locale.
// It says in Go what the conditions of the SQL say.
func (u *unit) visible(q Query, day string) bool {
	return slices.ContainsFunc(u.Audience, func(s string) bool { return slices.Contains(q.Audience, s) }) &&
		(u.Region == "" || u.Region == q.Region) &&
		(u.Edition == "" || u.Edition == q.Edition) &&
		(u.Variant == "" || slices.Contains(q.Audience, u.Variant)) &&
		u.Valid.holds(day)
}

func lines(parts []string) string { return strings.Join(parts, "\n") }
