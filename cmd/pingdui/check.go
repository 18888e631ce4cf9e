package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pingdui/pingdui/assistant/convtest"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/assistant/mind"
	"github.com/pingdui/pingdui/intents"
)

type testCommand struct {
	Paths   []string `arg:"" optional:"" help:"Test files or folders inside the content; all when none is named."`
	Content string   `help:"A folder with a release's files; the shipped content when empty." placeholder:"DIR"`
	Times   int      `default:"1" help:"Play all this many times, in parallel and in shuffled order, and compare all that was decided."`
	JUnit   string   `name:"junit" help:"Write a JUnit report too." placeholder:"FILE"`
	JSON    bool     `name:"json" help:"Print one JSON object."`

	RepairTable bool `help:"Only count the tests of each repair pattern, as docs/conversation-tests.md shows them."`
}

// testReport is what --json prints.
type testReport struct {
	Tests    int     `json:"tests"`
	Repair   int     `json:"repair"` // tests about repair
	Money    int     `json:"money"`  // tests of money or identity
	Scenes   int     `json:"scenes"`
	Assisted int     `json:"assisted"` // scenes whose remote session is scripted
	Passed   int     `json:"passed"`
	Failed   int     `json:"failed"`
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
	files, err := contentFiles(c.Content)
	if err != nil {
		return err
	}
	if len(c.Paths) == 0 {
		c.Paths = []string{"scenes"}
	}
	cases, problems := convtest.Load(files, c.Paths...)
	if c.RepairTable {
		if len(problems) > 0 {
			return errors.New(problems[0].String())
		}
		_, err = fmt.Fprint(s.out, convtest.RepairTable(cases))
		return err
	}
	if len(cases) == 0 && len(problems) == 0 { // said before the intents are trained, which takes a while
		if c.JSON {
			if err := printJSON(s.out, testReport{Failures: []testFailure{{File: strings.Join(c.Paths, ", "), Failure: "no conversation test was found here"}}}); err != nil {
				return err
			}
		}
		return fmt.Errorf("no conversation test was found at %s: name files or folders inside the content, for example scenes/13-transfer", strings.Join(c.Paths, ", "))
	}
	set, err := mind.Compile(files)
	if err != nil {
		return err
	}
	model, err := trainings.Model(s.ctx, set)
	if err != nil {
		return err
	}
	report := convtest.Repeat(s.ctx, set, files, c.Paths, Understanding(model), max(c.Times, 1))
	if c.JUnit != "" {
		if err := writeJUnit(c.JUnit, report); err != nil {
			return err
		}
	}
	if c.JSON {
		out := testReport{Tests: len(report.Cases), Repair: report.Repair, Money: report.Money, Scenes: report.Scenes, Assisted: report.Assisted, Passed: report.Passed, Failed: report.Failed, Seconds: report.Seconds, Failures: []testFailure{}}
		for _, one := range report.Cases {
			if !one.Passed {
				out.Failures = append(out.Failures, testFailure{one.File, one.At, one.Name, one.Failure})
			}
		}
		if err := printJSON(s.out, out); err != nil {
			return err
		}
	} else {
		for _, one := range report.Cases {
			if !one.Passed {
				_, _ = fmt.Fprintf(s.out, "✗ %s:%d %s\n    %s\n", one.File, one.At, one.Name, one.Failure)
			}
		}
		_, _ = fmt.Fprintln(s.out, report.Summary())
	}
	for _, one := range report.Cases {
		if !one.Passed {
			return fmt.Errorf("%w, the first at %s:%d %s: %s", errTestsFailed, one.File, one.At, one.Name, one.Failure)
		}
	}
	return nil
}

func writeJUnit(name string, report convtest.Report) error {
	file, err := os.Create(name) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	if err := report.WriteJUnit(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

// Understanding is the product's understanding as conversation tests take it.
func Understanding(model *intents.Model) convtest.Understand {
	u := intents.NewUnderstander(model, intents.NewDetectors(), intents.Config{})
	return func(text, _ string, now time.Time) dialogue.Understanding {
		return mind.Read(u, text, now)
	}
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
