package convtest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
)

// Repeat runs every case times over, all in parallel and in an order shuffled
// anew, and compares everything that was decided, byte by byte: events, effects,
// the state at the end and the verdict. A case that is not the same each time
// counts as failed. The first run of each is reported.
func Repeat(ctx context.Context, set *content.Set, fsys fs.FS, paths []string, understand Understand, times int) Report {
	began := time.Now()
	cases, problems := Load(fsys, paths...)
	results := make([]Result, len(cases))
	prints := make([][][]string, len(cases))
	for i := range prints {
		prints[i] = make([][]string, times)
	}
	order := rand.Perm(len(cases) * times) //nolint:gosec // any order will do
	each(len(order), func(n int) {
		i, round := order[n]/times, order[n]%times
		res := RunCase(ctx, set, cases[i], understand)
		prints[i][round] = fingerprint(res)
		if round == 0 {
			results[i] = res
		}
	})
	for i := range results {
		for round := 1; round < times; round++ {
			if at := differs(prints[i][0], prints[i][round]); at != "" {
				results[i].Passed = false
				results[i].Failure = fmt.Sprintf("not the same each time: run %d differs from the first in %s\n%s", round+1, at, results[i].Failure)
				break
			}
		}
	}
	return report(set, problems, results, began)
}

// fingerprint is a hash of each thing that a run decided, in order.
func fingerprint(res Result) []string {
	var out []string
	add := func(v any) {
		b, err := json.Marshal(v)
		if err != nil {
			b = []byte(err.Error())
		}
		out = append(out, fmt.Sprintf("%x", sha256.Sum256(b)))
	}
	for _, x := range res.Trace {
		kinds := make([]string, 0, len(x.Effects))
		for _, e := range x.Effects {
			kinds = append(kinds, fmt.Sprintf("%T", e))
		}
		add(struct {
			Traced

			Of    string
			Kinds []string
		}{x, fmt.Sprintf("%T", x.Event), kinds})
	}
	add(res.Final)
	add(res.Failure)
	return out
}

// differs names the first decision in which two runs are not the same.
func differs(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		switch i {
		case len(a) - 1:
			return "the verdict"
		case len(a) - 2:
			return "the state at the end"
		}
		return fmt.Sprintf("decision %d of %d", i+1, len(a)-2)
	}
	if len(a) != len(b) {
		return fmt.Sprintf("length: %d and %d decisions", len(a)-2, len(b)-2)
	}
	return ""
}
