package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/mind"
)

// trainedMost bounds how many trained models are kept, each of some 60 MB.
const trainedMost = 2

// training keeps what was trained last: the same sentences give the same bytes, so
// that a release which changes only articles, flows or tables is ready at once.
type training struct {
	mu   sync.Mutex
	kept []trained
}

type trained struct {
	sentences [sha256.Size]byte
	artefact  []byte
}

// trainings is shared by all nodes of a process.
var trainings training //nolint:gochecknoglobals // a memory of the process: its nodes come and go

// of gives the artefact of a set's sentences. Who asks for the same while it is
// being trained waits for it.
func (t *training) of(ctx context.Context, set *content.Set) ([]byte, error) {
	sum := sha256.New()
	for _, list := range [][]content.Example{set.Examples(), set.TaleExamples()} {
		for _, e := range list {
			_, _ = fmt.Fprintf(sum, "%q %q\n", e.Intent, e.Text)
		}
		_, _ = sum.Write([]byte("\n"))
	}
	key := [sha256.Size]byte(sum.Sum(nil))
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range t.kept {
		if k.sentences == key {
			return k.artefact, nil
		}
	}
	model, err := mind.TrainSet(ctx, set)
	if err != nil {
		return nil, err
	}
	raw, err := model.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("write the trained intents: %w", err)
	}
	if len(t.kept) == trainedMost {
		t.kept = t.kept[1:]
	}
	t.kept = append(t.kept, trained{key, raw})
	return raw, nil
}
