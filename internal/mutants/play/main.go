// Command play plays the shipped conversation tests for the command mutants: with
// intents that were trained once, with one content file perhaps replaced, the
// tests of some scenes first, and no further than the first failure.
//
//	play -train FILE
//	play -model FILE [-replace PATH=FILE] [-first SCENE,SCENE] [-but FILE] [-all]
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/pingdui/pingdui/assistant/content"
	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/mind"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/intents"
)

func main() {
	var p player
	train := flag.String("train", "", "only train the intents and write them here")
	flag.StringVar(&p.model, "model", "", "the trained intents")
	flag.StringVar(&p.replace, "replace", "", "a content file and the file that stands in for it: PATH=FILE")
	flag.StringVar(&p.first, "first", "", "scenes whose tests are played first, with commas")
	flag.StringVar(&p.but, "but", "", "a file with the names of tests that don't count, one a line")
	flag.BoolVar(&p.all, "all", false, "play all tests, also after a failure")
	flag.Parse()
	var err error
	if *train != "" {
		err = trained(context.Background(), *train)
	} else {
		err = p.run(context.Background(), os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "play:", err)
		os.Exit(2)
	}
}

// trained writes the intents of the shipped content.
func trained(ctx context.Context, name string) error {
	set, err := mind.Compile(scenes.FS)
	if err != nil {
		return err
	}
	raw, err := mind.NewTrainings(mind.TrainedFolder()).Artefact(ctx, set)
	if err != nil {
		return err
	}
	return os.WriteFile(name, raw, 0o600)
}

type player struct {
	model, replace, first, but string
	all                        bool
}

// verdict is what the play prints, one JSON object.
type verdict struct {
	Played int      `json:"played"`
	Failed []string `json:"failed"` // the first in the order of play, all with -all
}

func (p player) run(ctx context.Context, out io.Writer) error {
	files, err := p.content()
	if err != nil {
		return err
	}
	set, problems := content.Compile(files)
	if len(problems) > 0 {
		return fmt.Errorf("refused at load: %s", problems[0])
	}
	raw, err := os.ReadFile(p.model)
	if err != nil {
		return err
	}
	model, err := intents.Load(raw)
	if err != nil {
		return err
	}
	understander := intents.NewUnderstander(model, intents.NewDetectors(), intents.Config{})
	understand := func(text, _ string, now time.Time) dialogue.Understanding {
		return mind.Read(understander, text, now)
	}
	cases, problems := convtest.Load(files, "scenes")
	if len(problems) > 0 {
		return errors.New(problems[0].String())
	}
	first := strings.Split(p.first, ",")
	slices.SortStableFunc(cases, func(a, b *convtest.Case) int { return rank(first, a) - rank(first, b) })
	but, err := p.skipped()
	if err != nil {
		return err
	}
	cases = slices.DeleteFunc(cases, func(c *convtest.Case) bool { return but[name(c)] })
	return json.NewEncoder(out).Encode(p.play(ctx, set, cases, understand))
}

// play plays the cases in their order, several at a time, up to the first failure.
func (p player) play(ctx context.Context, set *content.Set, cases []*convtest.Case, understand convtest.Understand) verdict {
	failed := make([]bool, len(cases))
	var next, played atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for !stop.Load() || p.all {
				i := int(next.Add(1)) - 1
				if i >= len(cases) {
					return
				}
				played.Add(1)
				if failed[i] = fails(ctx, set, cases[i], understand); failed[i] {
					stop.Store(true)
				}
			}
		})
	}
	wg.Wait()
	v := verdict{Played: int(played.Load()), Failed: []string{}}
	for i, bad := range failed {
		if bad {
			v.Failed = append(v.Failed, name(cases[i]))
		}
	}
	return v
}

// fails plays one case; a panic is a failure.
func fails(ctx context.Context, set *content.Set, c *convtest.Case, understand convtest.Understand) (failed bool) {
	defer func() {
		if recover() != nil {
			failed = true
		}
	}()
	return !convtest.RunCase(ctx, set, c, understand).Passed
}

// rank is the place of a case's scene among those that are played first.
func rank(first []string, c *convtest.Case) int {
	if i := slices.Index(first, c.Scene()); i >= 0 {
		return i
	}
	return len(first)
}

func name(c *convtest.Case) string { return c.Scene() + " " + c.Name }

// overlaid is content with one file replaced.
type overlaid struct {
	fs.FS

	name string
	text []byte
}

// Open opens the file that stands in where it is asked for.
func (o overlaid) Open(name string) (fs.File, error) {
	if name == o.name {
		return fstest.MapFS{name: {Data: o.text}}.Open(name)
	}
	return o.FS.Open(name)
}

func (p player) content() (fs.FS, error) {
	path, file, ok := strings.Cut(p.replace, "=")
	if !ok {
		return scenes.FS, nil
	}
	text, err := os.ReadFile(file) //nolint:gosec // the caller's own file
	return overlaid{scenes.FS, path, text}, err
}

func (p player) skipped() (map[string]bool, error) {
	out := map[string]bool{}
	if p.but == "" {
		return out, nil
	}
	raw, err := os.ReadFile(p.but)
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(raw)); lines.Scan(); {
		out[lines.Text()] = true
	}
	return out, nil
}
