// Command mutants plants defects in the dialogue and in the shipped flows, one
// at a time, and plays the conversation tests against each: a test that can't
// fail says nothing. The tree is not touched: the go command overlays a changed
// source file, the player a changed content file. A defect that no longer fits
// its file is an error, so that the list stays true. Tests that fail without any
// defect are named and catch nothing.
//
//	go run ./internal/mutants [-only REGEXP] [-least N]
package main

import (
	"cmp"
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

// mutant is one defect.
type mutant struct {
	Name  string `yaml:"name"`
	Scene string `yaml:"scene"` // whose tests are played first; 13-transfer where it isn't said
	Place `yaml:",inline"`
	// Also are further places of the same defect: what is guarded twice shows only
	// when both guards are out.
	Also []Place `yaml:"also"`
}

// Place is a change: in File the text Find, which stands there once, becomes Put.
type Place struct {
	File string `yaml:"file"`
	Find string `yaml:"find"`
	Put  string `yaml:"put"`
}

// outcome is how one defect fared.
type outcome struct {
	mutant

	caught  string // by which test; empty when it survived
	seconds float64
	err     error
}

// content is where the shipped files stand that are played, not built.
const content = "assistant/scenes/"

func main() {
	var r runner
	flag.StringVar(&r.only, "only", "", "plant only defects whose name fits this expression")
	flag.IntVar(&r.least, "least", 57, "how many must be caught when all are planted")
	flag.IntVar(&r.atOnce, "at-once", 2, "how many are tried at a time")
	flag.Parse()
	if err := r.run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

type runner struct {
	only          string
	least, atOnce int
	dir           string // scratch
}

func (r *runner) run(ctx context.Context, out io.Writer) error {
	all, err := read()
	if err != nil {
		return err
	}
	wanted, err := regexp.Compile(r.only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	var planted []mutant
	for _, m := range all {
		if wanted.MatchString(m.Name) {
			planted = append(planted, m)
		}
	}
	if r.dir, err = os.MkdirTemp("", "mutants-"); err != nil {
		return err
	}
	defer os.RemoveAll(r.dir) //nolint:errcheck // scratch
	if err := r.baseline(ctx, out); err != nil {
		return err
	}
	results := r.each(ctx, planted)
	caught := 0
	var survived []string
	for i := range planted {
		o := <-results[i]
		if o.err != nil {
			return fmt.Errorf("%s: %w", o.Name, o.err)
		}
		by := "caught by " + o.caught
		if o.caught == "" {
			by = "SURVIVED"
			survived = append(survived, fmt.Sprintf("%s (%s)", o.Name, o.where()))
		} else {
			caught++
		}
		_, _ = fmt.Fprintf(out, "%2d  %-46s %5.1f s  %s\n", i+1, o.Name, o.seconds, by)
	}
	_, _ = fmt.Fprintf(out, "%d of %d planted defects caught\n", caught, len(planted))
	for _, s := range survived {
		_, _ = fmt.Fprintln(out, "survived:", s)
	}
	if r.only == "" && caught < r.least || r.only != "" && caught < len(planted) {
		return fmt.Errorf("%d of %d caught, at least %d are wanted: write the conversation test that is missing", caught, len(planted), min(r.least, len(planted)))
	}
	return nil
}

// read gives the list, each defect of which fits the files below the working
// folder: one that doesn't is told before any is tried.
func read() ([]mutant, error) {
	var all []mutant
	if err := yaml.UnmarshalWithOptions(list, &all, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("mutants.yaml: %w", err)
	}
	var unfit []error
	for _, m := range all {
		if _, err := m.changes(); err != nil {
			unfit = append(unfit, fmt.Errorf("%s: %w", m.Name, err))
		}
	}
	return all, errors.Join(unfit...)
}

// baseline builds the player, trains the intents once and notes the tests that
// fail without any defect.
func (r *runner) baseline(ctx context.Context, out io.Writer) error {
	if said, err := build(ctx, r.path("play"), ""); err != nil {
		return fmt.Errorf("the player does not build:\n%s", said)
	}
	if said, err := exec.CommandContext(ctx, r.path("play"), "-train", r.path("model")).CombinedOutput(); err != nil { //nolint:gosec // our own player
		return fmt.Errorf("train the intents: %s", said)
	}
	failed, played, err := r.play(ctx, r.path("play"), "-all")
	if err != nil {
		return err
	}
	if len(failed) > 0 {
		_, _ = fmt.Fprintf(out, "%d of %d tests fail without any defect and catch nothing: %s\n", len(failed), played, strings.Join(failed, "; "))
	}
	return os.WriteFile(r.path("but"), []byte(strings.Join(failed, "\n")+"\n"), 0o600)
}

// each tries the defects, some at a time; their outcomes come in their order.
func (r *runner) each(ctx context.Context, planted []mutant) []chan outcome {
	results := make([]chan outcome, len(planted))
	free := make(chan struct{}, max(r.atOnce, 1))
	for i := range planted {
		results[i] = make(chan outcome, 1)
	}
	go func() {
		for i, m := range planted {
			free <- struct{}{}
			go func() {
				results[i] <- r.try(ctx, m, filepath.Join(r.dir, fmt.Sprint(i)))
				<-free
			}()
		}
	}()
	return results
}

// try plants one defect in a folder of its own and plays the tests against it.
func (r *runner) try(ctx context.Context, m mutant, dir string) (o outcome) {
	began := time.Now()
	o.mutant = m
	defer func() { o.seconds = time.Since(began).Seconds() }()
	if o.err = os.Mkdir(dir, 0o700); o.err != nil {
		return o
	}
	defer os.RemoveAll(dir) //nolint:errcheck // scratch
	overlay, replace, err := m.plant(dir)
	if err != nil {
		o.err = err
		return o
	}
	player := r.path("play")
	if overlay != "" {
		player = filepath.Join(dir, "play")
		if said, err := build(ctx, player, overlay); err != nil {
			o.err = fmt.Errorf("the defect does not build:\n%s", said)
			return o
		}
	}
	failed, _, err := r.play(ctx, player, "-but", r.path("but"), "-replace", replace, "-first", m.first())
	if o.err = err; len(failed) > 0 {
		o.caught = failed[0]
	}
	return o
}

// first are the scenes that should notice.
func (m mutant) first() string {
	if scene, ok := strings.CutPrefix(m.File, content+"scenes/"); ok {
		return strings.Split(scene, "/")[0]
	}
	return cmp.Or(m.Scene, "13-transfer")
}

// where names the places of a defect.
func (m mutant) where() string {
	out := []string{}
	for _, p := range append([]Place{m.Place}, m.Also...) {
		text, _ := os.ReadFile(p.File)
		before, _, _ := strings.Cut(string(text), p.Find)
		out = append(out, fmt.Sprintf("%s:%d", p.File, strings.Count(before, "\n")+1))
	}
	return strings.Join(out, ", ")
}

// changes are the files a defect changes, with it planted.
func (m mutant) changes() (map[string]string, error) {
	changed := map[string]string{}
	for _, p := range append([]Place{m.Place}, m.Also...) {
		text, again := changed[p.File]
		if !again {
			raw, err := os.ReadFile(p.File)
			if err != nil {
				return nil, err
			}
			text = string(raw)
		}
		if n := strings.Count(text, p.Find); n != 1 {
			return nil, fmt.Errorf("%s holds %q %d times: mend the entry in mutants.yaml", p.File, p.Find, n)
		}
		changed[p.File] = strings.Replace(text, p.Find, p.Put, 1)
	}
	return changed, nil
}

// plant writes the changed files: an overlay for the go command where sources
// change, PATH=FILE for the player where content does.
func (m mutant) plant(dir string) (overlay, replace string, err error) {
	changed, err := m.changes()
	if err != nil {
		return "", "", err
	}
	sources := map[string]string{}
	for file, text := range changed {
		name := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return "", "", err
		}
		if inside, ok := strings.CutPrefix(file, content); ok {
			replace = inside + "=" + name
			continue
		}
		whole, err := filepath.Abs(file)
		if err != nil {
			return "", "", err
		}
		sources[whole] = name
	}
	if len(sources) == 0 {
		return "", replace, nil
	}
	raw, err := json.Marshal(map[string]any{"Replace": sources})
	if err != nil {
		return "", "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, replace, os.WriteFile(overlay, raw, 0o600)
}

func (r *runner) path(name string) string { return filepath.Join(r.dir, name) }

// build builds the player.
func build(ctx context.Context, to, overlay string) ([]byte, error) {
	args := []string{"build", "-ldflags=-s -w", "-o", to}
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	args = append(args, "./internal/mutants/play")
	return exec.CommandContext(ctx, "go", args...).CombinedOutput() //nolint:gosec // our own arguments
}

// play plays the tests; a run that does not end is a failure like another.
func (r *runner) play(ctx context.Context, player string, args ...string) (failed []string, played int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	raw, err := exec.CommandContext(ctx, player, append([]string{"-model", r.path("model")}, args...)...).Output() //nolint:gosec // our own player
	if ctx.Err() != nil {
		return []string{"a conversation that does not end"}, 0, nil
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, 0, fmt.Errorf("the player: %s", exit.Stderr)
	}
	if err != nil {
		return nil, 0, err
	}
	var said struct {
		Played int      `json:"played"`
		Failed []string `json:"failed"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return nil, 0, fmt.Errorf("the player's answer: %w", err)
	}
	return said.Failed, said.Played, nil
}
