package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/flow"
	"github.com/pingdui/pingdui/assistant/mind"
	"github.com/pingdui/pingdui/assistant/scenes"
	"github.com/pingdui/pingdui/intents"
)

type testCommand struct {
	Paths   []string `arg:"" optional:"" help:"Test files or folders inside the content; all when none is named."`
	Content string   `help:"A folder with a release's files; the shipped content when empty." placeholder:"DIR"`
	JSON    bool     `name:"json" help:"Print one JSON object."`
}

// testReport is what --json prints.
type testReport struct {
	Scenes int `json:"scenes"`
	Passed int `json:"passed"`
	Failed int `json:"failed"`
	// Assisted are the passed ones in which a colleague's word was scripted.
	Assisted int     `json:"assisted_scripted"`
	Seconds  float64 `json:"seconds"`
	// Failures say what failed and where; empty when nothing did.
	Failures []testFailure `json:"failures"`
}

type testFailure struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Name    string `json:"name,omitempty"`
	Failure string `json:"failure"`
}

var errTestsFailed = errors.New("conversation tests failed")

// Run plays the conversation tests offline: nothing is written, no bank is reached.
func (c testCommand) Run(s *session) error {
	var files fs.FS = scenes.FS
	if c.Content != "" {
		if info, err := os.Stat(c.Content); err != nil || !info.IsDir() {
			return fmt.Errorf("--content %s is not a folder with a release's files (docs/architecture.md names them)", c.Content)
		}
		files = os.DirFS(c.Content)
	}
	set, model, err := mind.Train(s.ctx, files)
	if err != nil {
		return err
	}
	if len(c.Paths) == 0 {
		c.Paths = []string{"scenes"}
	}
	report := convtest.Run(s.ctx, set, files, c.Paths, Understanding(model))
	if len(report.Cases) == 0 {
		if c.JSON {
			if err := printJSON(s.out, testReport{Failures: []testFailure{{File: strings.Join(c.Paths, ", "), Failure: "no conversation test was found here"}}}); err != nil {
				return err
			}
		}
		return fmt.Errorf("no conversation test was found at %s: name files or folders inside the content, for example scenes/13-transfer", strings.Join(c.Paths, ", "))
	}
	if c.JSON {
		out := testReport{Scenes: report.Scenes, Passed: report.Passed, Failed: report.Failed, Assisted: report.Assisted, Seconds: report.Seconds, Failures: []testFailure{}}
		for _, one := range report.Cases {
			if !one.Passed {
				out.Failures = append(out.Failures, testFailure{one.File, one.Line, one.Name, one.Failure})
			}
		}
		if err := printJSON(s.out, out); err != nil {
			return err
		}
	} else {
		for _, one := range report.Cases {
			if !one.Passed {
				_, _ = fmt.Fprintf(s.out, "✗ %s:%d %s\n    %s\n", one.File, one.Line, one.Name, one.Failure)
			}
		}
		_, _ = fmt.Fprintf(s.out, "%d scenes: %d passed, %d failed in %.1f s; assisted: scripted in %d\n", report.Scenes, report.Passed, report.Failed, report.Seconds, report.Assisted)
	}
	for _, one := range report.Cases {
		if !one.Passed {
			return fmt.Errorf("%w, the first at %s:%d %s: %s", errTestsFailed, one.File, one.Line, one.Name, one.Failure)
		}
	}
	return nil
}

// Understanding is the product's understanding as conversation tests take it.
func Understanding(model *intents.Model) convtest.Understand {
	u := intents.NewUnderstander(model, intents.NewDetectors(), intents.Config{})
	return func(text, _ string, now time.Time) dialogue.Understanding {
		return mind.Read(u, text, now)
	}
}

type schemaCommand struct {
	Of string `arg:"" enum:"flow" help:"Which file: flow."`
}

// Run prints the JSON Schema, made from the types that read the files.
func (c schemaCommand) Run(s *session) error {
	text, err := flow.Schema()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, string(text))
	return err
}

type evalCommand struct {
	Scenes  evalScenesCommand  `cmd:"" help:"Say lines of known scenes to the product and count what it does (scene<TAB>style<TAB>text)."`
	Intents evalIntentsCommand `cmd:"" help:"Train on one file and measure on others (label<TAB>text)."`
}

type evalIntentsCommand struct {
	Train  string `required:"" type:"existingfile" help:"Training lines."`
	Test   string `required:"" type:"existingfile" help:"Lines to measure on."`
	Dev    string `type:"existingfile" help:"Lines the thresholds are set on."`
	Oos    string `type:"existingfile" help:"Lines that no intent covers, to measure on."`
	DevOos string `type:"existingfile" help:"Lines that no intent covers, to set the thresholds on."`
	JSON   bool   `name:"json" help:"Print one JSON object."`
}

// Run trains, measures and prints fractions 0..1.
func (c evalIntentsCommand) Run(s *session) error {
	read := func(path string) ([]intents.Example, error) {
		if path == "" {
			return nil, nil
		}
		file, err := os.Open(path) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // only read
		return intents.ReadTSV(file, path)
	}
	var sets [5][]intents.Example
	for i, path := range []string{c.Train, c.Test, c.Dev, c.Oos, c.DevOos} {
		lines, err := read(path)
		if err != nil {
			return err
		}
		if path != "" && len(lines) == 0 {
			return emptyFile(path)
		}
		sets[i] = lines
	}
	report, err := intents.Evaluate(s.ctx, sets[0], sets[1], sets[2], sets[3], sets[4], intents.Config{})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, report)
	}
	return printEval(s.out, report)
}
