package mind_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/mind"
)

// speaking is content of two intents; more goes to the second.
func speaking(more ...string) *content.Set {
	return &content.Set{Intents: map[string]*content.Intent{
		"a": {Name: "a", Examples: map[string][]string{"zh": {"转账", "转钱给人", "汇款"}}},
		"b": {Name: "b", Examples: map[string][]string{"zh": append([]string{"查余额", "还有多少钱"}, more...)}},
	}}
}

// A cancelled training fails: what comes all the same was kept.
func gone() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestWhatWasTrainedIsThereForTheNextProgram(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "trained")
	if _, err := mind.NewTrainings(folder).Artefact(gone(), speaking()); !errors.Is(err, context.Canceled) {
		t.Fatalf("a training that could not be done gave %v", err)
	}
	first := mind.NewTrainings(folder)
	raw, err := first.Artefact(t.Context(), speaking())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := first.Artefact(gone(), speaking()); err != nil || !bytes.Equal(again, raw) {
		t.Fatalf("the same program trains again: %v", err)
	}
	next, err := mind.NewTrainings(folder).Model(gone(), speaking())
	if err != nil {
		t.Fatalf("the next program trains again: %v", err)
	}
	if got, err := next.MarshalBinary(); err != nil || !bytes.Equal(got, raw) {
		t.Fatal("another model came back", err)
	}
	if _, err := mind.NewTrainings(folder).Artefact(gone(), speaking("账上几块")); !errors.Is(err, context.Canceled) {
		t.Fatalf("other sentences gave the old model: %v", err)
	}
}

func TestAFileThatIsNotWholeIsTrainedAnew(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	raw, err := mind.NewTrainings(folder).Artefact(t.Context(), speaking())
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	turned := bytes.Clone(whole)
	turned[len(turned)-1] ^= 1
	for name, bad := range map[string][]byte{"cut short": whole[:len(whole)-1], "one bit turned": turned, "empty": {}} {
		if err := os.WriteFile(files[0], bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := mind.NewTrainings(folder).Artefact(gone(), speaking()); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: it was taken (%v)", name, err)
		}
		if got, err := mind.NewTrainings(folder).Artefact(t.Context(), speaking()); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%s: not trained anew (%v)", name, err)
		}
	}
}

func TestOnlyTheNewestTrainingsAreKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for i := range 6 {
		if _, err := mind.NewTrainings(folder).Artefact(t.Context(), speaking(fmt.Sprintf("账上还有%d块么", i))); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := filepath.Glob(filepath.Join(folder, "*")); err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	if _, err := mind.NewTrainings(folder).Artefact(gone(), speaking("账上还有5块么")); err != nil {
		t.Error("the newest is not among them:", err)
	}
}

func TestAFolderThatCannotBeUsedCostsTimeOnly(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"", filepath.Join(file, "below")} {
		if raw, err := mind.NewTrainings(folder).Artefact(t.Context(), speaking()); err != nil || len(raw) == 0 {
			t.Errorf("%q: %v", folder, err)
		}
	}
}
