package knowledge

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// trial is one question of which the right answer is known: one of the base
// with its own passage taken away, or a line that nothing answers.
type trial struct {
	text   string
	tokens []string
	vector []float32
	right  string // empty: nothing answers
	fold   int
	chatty bool // learned from, never measured by

	locale   string   // of the passages looked at; empty: all
	audience []string // who asks
	without  string   // passages with this text are taken away
	except   bool     // whether any are

	doc  doc
	pool *pool

	// What was found, the best candidates first.
	articles []string
	examples []example
}

// ask makes the trials of a base: its questions, at most most and spread over
// it, then the lines without an answer, and then all of them the way people talk.
func ask(ctx context.Context, units []unit, a *analyser, embed embedding, none []string, tokens [][]string, most int) ([]trial, error) {
	var asked []int
	for i := range units {
		if units[i].Kind == kindSimilar || units[i].Kind == kindQuestion {
			asked = append(asked, i)
		}
	}
	var plain, chatty []trial
	step := max(1, (len(asked)+most-1)/max(most, 1))
	for n := 0; n < len(asked); n += step {
		u := &units[asked[n]]
		t := trial{
			text: u.Text, tokens: u.tokens, vector: u.vector, right: u.Article, fold: asked[n] % folds,
			locale: u.Locale, audience: u.Audience, without: u.Text, except: true,
		}
		plain = append(plain, t)
		t.text, t.tokens, t.vector, t.chatty = wordy(u.Text, n/step), nil, nil, true
		chatty = append(chatty, t)
	}
	for i, line := range none[:min(most, len(none))] {
		t := trial{text: line, tokens: tokens[i], fold: i % folds, audience: []string{"customer"}}
		plain = append(plain, t)
		t.text, t.tokens, t.chatty = wordy(line, i), nil, true
		chatty = append(chatty, t)
	}
	all := append(plain, chatty...)
	share(len(all), func(i int) {
		if all[i].tokens == nil {
			all[i].tokens = a.tokens(all[i].text)
		}
	})
	var open []int
	var texts []string
	var cut [][]string
	for i := range all {
		if all[i].vector == nil {
			open, texts, cut = append(open, i), append(texts, all[i].text), append(cut, all[i].tokens)
		}
	}
	vectors, err := embed(ctx, texts, cut)
	if err != nil {
		return nil, err
	}
	for k, i := range open {
		all[i].vector = vectors[k]
	}
	return all, nil
}

// share does n things on all processors. What one does must not touch what
// another does; they come in no order.
func share(n int, do func(i int)) {
	scratches(n, func(_ *scratch, i int) { do(i) })
}

// scratches is share with room to work in, for each goroutine its own.
func scratches(n int, do func(w *scratch, i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		w := &scratch{}
		for i := range n {
			do(w, i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			w := &scratch{}
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(w, i)
			}
		})
	}
	group.Wait()
}
