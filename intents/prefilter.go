package intents

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// A pattern is a regular expression that looks only where its own words stand:
// of each of its alternatives it knows literals without which it can't match, and
// the expression itself runs only over a text that holds them. What it says is
// what the expression says.
type pattern struct {
	whole func() *regexp.Regexp // compiled when first needed: most never are
	alts  []alternative
}

// alternative is one arm of a pattern, and what a text must hold for it: of each
// set one literal at least.
type alternative struct {
	re   func() *regexp.Regexp
	sets [][]string
}

// Bounds of what is looked for: more literals in a set find too much.
const (
	maxExact = 48 // strings that one part of an expression may stand for
	maxClass = 12 // characters of a class that is read as its members
)

// compile makes a pattern; it panics where the expression is none, as
// regexp.MustCompile does.
func compile(expr string) *pattern {
	p := &pattern{whole: once(expr)}
	for _, arm := range arms(expr) {
		tree, err := syntax.Parse(arm, syntax.Perl)
		if err != nil {
			panic(err)
		}
		sets := slices.Clone(needs(tree).all())
		slices.SortStableFunc(sets, func(a, b []string) int { return cmp.Compare(len(a), len(b)) })
		p.alts = append(p.alts, alternative{once(arm), sets})
	}
	return p
}

// once compiles an expression that is known to parse when it is first asked for.
func once(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// arms are the alternatives of an expression at its top, as written.
func arms(expr string) []string {
	var out []string
	depth, from, class := 0, 0, false
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			out = append(out, expr[from:i])
			from = i + 1
		}
	}
	return append(out, expr[from:])
}

// MatchString says whether the expression matches anywhere in s.
func (p *pattern) MatchString(s string) bool {
	for _, a := range p.alts {
		if a.possible(s) && a.re().MatchString(s) {
			return true
		}
	}
	return false
}

// ReplaceAllString is regexp's, over a text that can match at all.
func (p *pattern) ReplaceAllString(s, with string) string {
	for _, a := range p.alts {
		if a.possible(s) {
			return p.whole().ReplaceAllString(s, with)
		}
	}
	return s
}

func (a alternative) possible(s string) bool {
	for _, set := range a.sets {
		if !slices.ContainsFunc(set, func(w string) bool { return strings.Contains(s, w) }) {
			return false
		}
	}
	return true
}

// need is what is known of the texts a part of an expression matches: all of them
// (exact), or sets of which each gives one literal.
type need struct {
	exact []string
	sets  [][]string
}

// needs reads off a part of an expression what a match can't be without.
func needs(re *syntax.Regexp) need {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return need{}
		}
		return need{exact: []string{string(re.Rune)}}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return need{exact: []string{""}}
	case syntax.OpCharClass:
		return class(re)
	case syntax.OpCapture:
		return needs(re.Sub[0])
	case syntax.OpQuest:
		if n := needs(re.Sub[0]); n.exact != nil {
			return need{exact: append([]string{""}, n.exact...)}
		}
	case syntax.OpPlus:
		return need{sets: needs(re.Sub[0]).all()}
	case syntax.OpRepeat:
		if re.Min > 0 {
			return need{sets: needs(re.Sub[0]).all()}
		}
	case syntax.OpAlternate:
		return either(re.Sub)
	case syntax.OpConcat:
		return joined(re.Sub)
	case syntax.OpNoMatch, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpStar: // nothing is sure
	}
	return need{}
}

// class is a small class as its members.
func class(re *syntax.Regexp) need {
	if re.Flags&syntax.FoldCase != 0 {
		return need{}
	}
	var out []string
	for i := 0; i+1 < len(re.Rune); i += 2 {
		if int(re.Rune[i+1]-re.Rune[i])+len(out) >= maxClass {
			return need{}
		}
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			out = append(out, string(r))
		}
	}
	return need{exact: out}
}

// either is one of several parts: each must be known, or nothing is.
func either(subs []*syntax.Regexp) need {
	var exact, union []string
	closed, open := true, false
	for _, sub := range subs {
		n := needs(sub)
		closed = closed && n.exact != nil
		exact = append(exact, n.exact...)
		set := n.best()
		open = open || set == nil
		union = append(union, set...)
	}
	switch {
	case closed && len(exact) <= maxExact:
		return need{exact: exact}
	case open:
		return need{}
	}
	return need{sets: [][]string{union}}
}

// joined is one part after the other: exact ones grow together.
func joined(subs []*syntax.Regexp) need {
	run, whole := []string{""}, true
	var out need
	flush := func() {
		if set := (need{exact: run}).all(); set != nil {
			out.sets = append(out.sets, set...)
		}
		run = []string{""}
	}
	for _, sub := range subs {
		n := needs(sub)
		if n.exact == nil || len(run)*len(n.exact) > maxExact {
			whole = false
			flush()
		}
		if n.exact == nil {
			out.sets = append(out.sets, n.sets...)
			continue
		}
		var longer []string
		for _, a := range run {
			for _, b := range n.exact {
				longer = append(longer, a+b)
			}
		}
		run = longer
	}
	if whole {
		return need{exact: run}
	}
	flush()
	return out
}

// all are the sets of a need; nil where nothing is sure to stand there.
func (n need) all() [][]string {
	if n.exact == nil {
		return n.sets
	}
	if slices.Contains(n.exact, "") {
		return nil
	}
	return [][]string{n.exact}
}

// best is the set of the fewest literals; nil when there is none.
func (n need) best() []string {
	sets := n.all()
	if len(sets) == 0 {
		return nil
	}
	return slices.MinFunc(sets, func(a, b []string) int { return cmp.Compare(len(a), len(b)) })
}
