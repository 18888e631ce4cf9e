// Command mutants plants defects in the dialogue and in the shipped flows, one
// at a time, and runs the conversation tests against each: a test that can't
// fail says nothing. The tree is not touched, the go command overlays the
// changed file. A defect that no longer fits its file is an error, so that the
// list stays true.
//
//	go run ./internal/mutants [-only NAME] [-least SHARE]
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed mutants.yaml
var list []byte

// mutant is one defect: in File the text Find, which stands there once, becomes Put.
type mutant struct {
	Name string `yaml:"name"`
	File string `yaml:"file"`
	Find string `yaml:"find"`
	Put  string `yaml:"put"`
}

func main() {
	only := flag.String("only", "", "plant only defects whose name holds this")
	least := flag.Float64("least", 0.95, "share that must be caught")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *only, *least); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, only string, least float64) error {
	var all []mutant
	if err := yaml.UnmarshalWithOptions(list, &all, yaml.Strict()); err != nil {
		return fmt.Errorf("mutants.yaml: %w", err)
	}
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // scratch
	if only == "" {
		if said, err := play(ctx, ""); err != nil {
			return fmt.Errorf("the tests fail without any defect: %s", firstFailure(said))
		}
	}
	caught, planted := 0, 0
	var survived []string
	for _, m := range all {
		if !strings.Contains(m.Name, only) {
			continue
		}
		overlay, err := m.plant(dir)
		if err != nil {
			return err
		}
		planted++
		began := time.Now()
		said, err := play(ctx, overlay)
		verdict := "SURVIVED"
		switch {
		case err == nil:
			survived = append(survived, m.Name)
		case bytes.Contains(said, []byte("[build failed]")):
			return fmt.Errorf("%s: the defect does not build:\n%s", m.Name, said)
		default:
			caught++
			verdict = "caught by " + firstFailure(said)
		}
		_, _ = fmt.Fprintf(out, "%-44s %5.1f s  %s\n", m.Name, time.Since(began).Seconds(), verdict)
	}
	_, _ = fmt.Fprintf(out, "%d of %d planted defects caught\n", caught, planted)
	if float64(caught) < least*float64(planted) {
		return fmt.Errorf("survived: %s", strings.Join(survived, "; "))
	}
	return nil
}

// plant writes the changed file and the overlay that puts it in place.
func (m mutant) plant(dir string) (string, error) {
	text, err := os.ReadFile(m.File)
	if err != nil {
		return "", fmt.Errorf("%s: %w", m.Name, err)
	}
	if n := strings.Count(string(text), m.Find); n != 1 {
		return "", fmt.Errorf("%s: %s holds %q %d times: mend the entry in mutants.yaml", m.Name, m.File, m.Find, n)
	}
	name := filepath.Join(dir, strings.ReplaceAll(m.File, "/", "_"))
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), m.Find, m.Put, 1)), 0o600); err != nil {
		return "", err
	}
	path, err := filepath.Abs(m.File)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(map[string]any{"Replace": map[string]string{path: name}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, raw, 0o600)
}

// play runs the conversation tests over the shipped content.
func play(ctx context.Context, overlay string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	args := []string{"test", "-count=1", "-run", "TestShippedScenes", "./assistant/convtest"}
	if overlay != "" {
		args = append([]string{"test", "-overlay=" + overlay}, args[1:]...)
	}
	out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput() //nolint:gosec // our own arguments
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return out, fmt.Errorf("run the tests: %w", err)
	}
	return out, err
}

var failed = regexp.MustCompile(`(?m)^\s+--- FAIL: TestShippedScenes/(\S+)`)

func firstFailure(out []byte) string {
	if m := failed.FindSubmatch(out); m != nil {
		return string(m[1])
	}
	return strings.TrimSpace(string(out[:min(len(out), 200)]))
}
