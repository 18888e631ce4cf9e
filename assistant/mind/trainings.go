package mind

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/intents"
)

// What is kept of what was trained, each some 60 MB.
const (
	keptInMemory = 2
	keptInFolder = 4
)

// Trainings keeps what was trained last: the same sentences give the same bytes, so
// that a release which changes only articles, flows or tables is ready at once, and
// so is a program that starts on sentences which another one has learned.
type Trainings struct {
	folder string
	mu     sync.Mutex
	kept   []trained
}

type trained struct{ key, artefact []byte }

// NewTrainings keeps what is trained in memory and, where folder is not empty, in
// files of it. A folder that can't be used costs time and nothing else.
func NewTrainings(folder string) *Trainings { return &Trainings{folder: folder} }

// TrainedFolder is where the programs of this user keep what they trained; empty
// where the system has no place for it.
func TrainedFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "pingdui", "trained")
}

// Model is the model of a set's sentences.
func (t *Trainings) Model(ctx context.Context, set *content.Set) (*intents.Model, error) {
	raw, err := t.Artefact(ctx, set)
	if err != nil {
		return nil, err
	}
	model, err := intents.Load(raw)
	if err != nil {
		return nil, fmt.Errorf("load the trained intents: %w", err)
	}
	return model, nil
}

// Artefact is the same as the bytes that intents.Load takes. Who asks for what is
// being trained waits for it.
func (t *Trainings) Artefact(ctx context.Context, set *content.Set) ([]byte, error) {
	key := sentences(set)
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range t.kept {
		if bytes.Equal(k.key, key) {
			return k.artefact, nil
		}
	}
	raw := t.read(key)
	if raw == nil {
		model, err := train(ctx, set)
		if err != nil {
			return nil, err
		}
		if raw, err = model.MarshalBinary(); err != nil {
			return nil, fmt.Errorf("write the trained intents: %w", err)
		}
		t.write(key, raw)
	}
	if len(t.kept) == keptInMemory {
		t.kept = t.kept[1:]
	}
	t.kept = append(t.kept, trained{key, raw})
	return raw, nil
}

// sentences is a hash of all that a training reads, and of the code that trains.
func sentences(set *content.Set) []byte {
	sum := sha256.New()
	_, _ = fmt.Fprintln(sum, intents.Recipe())
	for _, list := range [][]content.Example{set.Examples(), set.TaleExamples()} {
		for _, e := range list {
			_, _ = fmt.Fprintf(sum, "%q %q %q\n", e.Intent, e.Text, e.Locale)
		}
		_, _ = sum.Write([]byte("\n"))
	}
	return sum.Sum(nil)
}

func (t *Trainings) path(key []byte) string {
	return filepath.Join(t.folder, hex.EncodeToString(key)+".intents")
}

// read gives what a file holds, nil where there is none or it is not whole: its
// first bytes are the hash of the others.
func (t *Trainings) read(key []byte) []byte {
	if t.folder == "" {
		return nil
	}
	raw, err := os.ReadFile(t.path(key))
	if err != nil || len(raw) < sha256.Size {
		return nil
	}
	sum := sha256.Sum256(raw[sha256.Size:])
	if !bytes.Equal(sum[:], raw[:sha256.Size]) {
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(t.path(key), now, now)
	return raw[sha256.Size:]
}

// write keeps what was trained for the next program, and no more than the newest.
func (t *Trainings) write(key, raw []byte) {
	if t.folder == "" || os.MkdirAll(t.folder, 0o700) != nil {
		return
	}
	file, err := os.CreateTemp(t.folder, "new-*")
	if err != nil {
		return
	}
	sum := sha256.Sum256(raw)
	_, err = file.Write(slices.Concat(sum[:], raw))
	if closed := file.Close(); err != nil || closed != nil || os.Rename(file.Name(), t.path(key)) != nil {
		_ = os.Remove(file.Name())
		return
	}
	t.forget()
}

// forget removes the files that were not used for longest.
func (t *Trainings) forget() {
	names, _ := filepath.Glob(filepath.Join(t.folder, "*.intents"))
	used := func(name string) time.Time {
		if info, err := os.Stat(name); err == nil {
			return info.ModTime()
		}
		return time.Time{}
	}
	slices.SortFunc(names, func(a, b string) int { return used(b).Compare(used(a)) })
	for _, name := range names[min(keptInFolder, len(names)):] {
		_ = os.Remove(name)
	}
}
